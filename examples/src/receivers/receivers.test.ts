import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import type { FastifyInstance } from "fastify";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { buildReceiver } from "./app.ts";
import type { Books } from "./books.ts";
import { erpBooks } from "./erp-books.ts";
import type { FaultKind, FaultPlan } from "./faults.ts";
import { openLedger } from "./ledger.ts";
import { loyaltyBooks } from "./loyalty-books.ts";
import { omsBooks } from "./oms-books.ts";
import { loadSecret } from "./secret.ts";
import { saleEvent, type SaleOptions } from "./testing/sale-event.ts";

const MEMBER = "A".repeat(22);
let folder = "";
let closers: (() => Promise<void> | void)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tillsync-receiver-"));
});
afterEach(async () => {
  for (const close of closers.toReversed()) await close();
  closers = [];
  rmSync(folder, { recursive: true, force: true });
});

const noFaults = { error: 0, busy: 0, timeoutAfterCommit: 0, dropAfterCommit: 0, slow: 0 };
const faultsInTurn = (...kinds: (FaultKind | undefined)[]): FaultPlan => ({ counts: noFaults, next: () => kinds.shift() });

interface Receiver {
  app: FastifyInstance;
  send(options: SaleOptions, headers?: Record<string, string>): Promise<{ status: number; answer: Record<string, unknown> }>;
  summary(): Promise<Record<string, unknown>>;
  rows(sql: string): unknown[];
}

function start(books: Books, faults: FaultPlan = faultsInTurn()): Receiver {
  const { secret } = loadSecret(folder);
  const ledger = openLedger(folder, books);
  const app = buildReceiver({ kind: books.kind, ledger, faults, secret, silenceMs: 1, slowMs: 1 });
  closers.push(
    () => ledger.close(),
    () => app.close(),
  );
  return {
    app,
    send: async (options, headers = {}) => {
      const { id, body } = saleEvent(options);
      const response = await app.inject({ method: "POST", url: "/events", headers: { ...signed(secret, id, body), ...headers }, body });
      return { status: response.statusCode, answer: response.json<Record<string, unknown>>() };
    },
    summary: async () => (await app.inject("/summary")).json<Record<string, unknown>>(),
    rows: (sql) => {
      const database = new Database(join(folder, `${books.kind}.sqlite`), { readonly: true });
      try {
        return database.prepare(sql).all();
      } finally {
        database.close();
      }
    },
  };
}

function signed(secret: string, id: string, body: string, at = new Date()): Record<string, string> {
  return {
    "content-type": "application/cloudevents+json",
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
    "webhook-signature": new Webhook(secret).sign(id, at, body),
  };
}

/** How many rows of the account, item or member the first receipt has, and their sum. */
const LEFT_OF_RECEIPT_1 = {
  erp: "SELECT count(*) AS rows, sum(CAST(amount AS INTEGER)) AS left FROM posting WHERE account = 'goods:sale' AND natural_key LIKE '%/1'",
  oms: "SELECT count(*) AS rows, sum(CAST(quantity AS INTEGER)) AS left FROM movement WHERE natural_key LIKE '%/1'",
  loyalty: "SELECT count(*) AS rows, sum(points) AS left FROM ledger WHERE natural_key LIKE '%/1'",
} as const;

describe.each([erpBooks, omsBooks, loyaltyBooks])("every receiver ($kind)", (books) => {
  it("books a receipt once, however often it comes", async () => {
    const receiver = start(books);
    expect(await receiver.send({ sequence: 1, grand: 1_999 })).toMatchObject({ status: 201, answer: { status: "booked" } });
    expect(await receiver.send({ sequence: 1, grand: 1_999 })).toMatchObject({ status: 200, answer: { status: "duplicate" } });
    expect(await receiver.send({ sequence: 2, grand: -500 })).toMatchObject({ status: 201 });
    expect(await receiver.summary()).toMatchObject({ kind: books.kind, count: 2, grossByCurrency: { USD: "14.99" }, duplicatesRefused: 1 });
  });

  it("remembers across a restart", async () => {
    const first = start(books);
    await first.send({ sequence: 1, grand: 1_999 });
    const again = start(books);
    expect(await again.send({ sequence: 1, grand: 1_999 })).toMatchObject({ answer: { status: "duplicate" } });
    expect(await again.summary()).toMatchObject({ count: 1, grossByCurrency: { USD: "19.99" } });
  });

  it("counts the newest revision of a receipt, whichever comes last", async () => {
    const receiver = start(books);
    await receiver.send({ sequence: 1, grand: 1_000 });
    await receiver.send({ sequence: 1, grand: 1_250, revision: 2 });
    await receiver.send({ sequence: 2, grand: 300, revision: 2 });
    expect(await receiver.send({ sequence: 2, grand: 100 })).toMatchObject({ answer: { status: "outdated" } });
    expect(await receiver.summary()).toMatchObject({ count: 2, revisions: 2, grossByCurrency: { USD: "15.50" } });
  });

  it("takes a sale back when a revision says that it was none", async () => {
    const receiver = start(books);
    await receiver.send({ sequence: 1, grand: 1_000 });
    await receiver.send({ sequence: 2, grand: 500 });
    expect(await receiver.send({ sequence: 1, grand: 1_000, training: true, revision: 2 })).toMatchObject({ status: 201 });
    expect(await receiver.summary()).toMatchObject({ count: 1, revisions: 1, grossByCurrency: { USD: "5.00" } });
    expect(receiver.rows(LEFT_OF_RECEIPT_1[books.kind])).toEqual([{ rows: 2, left: 0 }]);
  });

  it("refuses other content under a known receipt and revision", async () => {
    const receiver = start(books);
    await receiver.send({ sequence: 1, grand: 1_000 });
    expect(await receiver.send({ sequence: 1, grand: 9_000 })).toMatchObject({ status: 409, answer: { status: "conflict" } });
    expect(await receiver.summary()).toMatchObject({ count: 1, conflicts: 1, grossByCurrency: { USD: "10.00" } });
  });

  it("refuses a wrong, old or missing signature, and what is no sale", async () => {
    const receiver = start(books);
    const { id, body } = saleEvent({ sequence: 1, grand: 1_000 });
    const other = signed(`whsec_${Buffer.alloc(32).toString("base64")}`, id, body);
    expect(await receiver.send({ sequence: 1, grand: 1_000 }, other)).toMatchObject({ status: 401 });
    const old = signed(loadSecret(folder).secret, id, body, new Date(Date.now() - 3_600_000));
    expect(await receiver.send({ sequence: 1, grand: 1_000 }, old)).toMatchObject({ status: 401 });
    expect((await receiver.app.inject({ method: "POST", url: "/events", body: {} })).statusCode).toBe(401);
    expect(await receiver.send({ sequence: 1, grand: 1_000, training: true })).toMatchObject({ status: 422 });
    const notJson = signed(loadSecret(folder).secret, "tx_1", "{");
    expect((await receiver.app.inject({ method: "POST", url: "/events", headers: notJson, body: "{" })).statusCode).toBe(422);
    expect(await receiver.summary()).toMatchObject({ count: 0 });
  });

  it("keeps nothing when it fails, and everything when only the answer is lost", async () => {
    const receiver = start(books, faultsInTurn("error", "busy", "timeoutAfterCommit", undefined, "dropAfterCommit", undefined, "slow"));
    expect(await receiver.send({ sequence: 1, grand: 100 })).toMatchObject({ status: 500 });
    expect(await receiver.send({ sequence: 1, grand: 100 })).toMatchObject({ status: 503 });
    expect(await receiver.summary()).toMatchObject({ count: 0 });
    await expect(receiver.send({ sequence: 1, grand: 100 })).rejects.toThrow();
    expect(await receiver.send({ sequence: 1, grand: 100 })).toMatchObject({ answer: { status: "duplicate" } });
    await expect(receiver.send({ sequence: 2, grand: 200 })).rejects.toThrow();
    expect(await receiver.send({ sequence: 2, grand: 200 })).toMatchObject({ answer: { status: "duplicate" } });
    expect(await receiver.send({ sequence: 3, grand: 300 })).toMatchObject({ answer: { status: "booked" } });
    expect(await receiver.summary()).toMatchObject({ count: 3, grossByCurrency: { USD: "6.00" } });
  });
});

describe("the ERP", () => {
  it("posts goods against tenders, and reverses the old postings of a revised receipt", async () => {
    const receiver = start(erpBooks);
    await receiver.send({ sequence: 1, grand: 1_000 });
    await receiver.send({ sequence: 1, grand: 1_250, revision: 2 });
    expect(await receiver.summary()).toMatchObject({ accountsMinor: { "goods:sale USD": "1250", "tender:cash USD": "-1250" } });
    expect(receiver.rows("SELECT sum(CAST(amount AS INTEGER)) AS left FROM posting")).toEqual([{ left: 0 }]);
    expect(receiver.rows("SELECT amount FROM posting WHERE account = 'goods:sale' ORDER BY posting")).toEqual([
      { amount: "1000" },
      { amount: "-1000" },
      { amount: "1250" },
    ]);
  });
});

describe("the OMS", () => {
  it("takes stock off for a sale and puts it back for a return", async () => {
    const receiver = start(omsBooks);
    await receiver.send({ sequence: 1, grand: 1_000 });
    await receiver.send({ sequence: 2, grand: -1_000 });
    expect(receiver.rows("SELECT quantity FROM movement ORDER BY movement")).toEqual([
      { quantity: "-1500000000000" },
      { quantity: "1500000000000" },
    ]);
    expect(await receiver.summary()).toMatchObject({ movements: 2, items: 1 });
  });
});

describe("the loyalty engine", () => {
  it("gives a point a dollar, and takes exactly those off again", async () => {
    const receiver = start(loyaltyBooks);
    await receiver.send({ sequence: 1, grand: 1_999, member: MEMBER });
    await receiver.send({ sequence: 2, grand: 550 });
    expect(await receiver.summary()).toMatchObject({ points: 24, members: 1 });
    await receiver.send({ sequence: 1, grand: 999, member: MEMBER, revision: 2 });
    await receiver.send({ sequence: 1, grand: 999, member: MEMBER, revision: 2 });
    await receiver.send({ sequence: 3, grand: -999, member: MEMBER });
    expect(receiver.rows("SELECT points, reversal FROM ledger ORDER BY entry")).toEqual([
      { points: 19, reversal: 0 },
      { points: 5, reversal: 0 },
      { points: -19, reversal: 1 },
      { points: 9, reversal: 0 },
      { points: -9, reversal: 0 },
    ]);
  });
});
