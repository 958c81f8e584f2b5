import { createServer, type AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import type { Pool } from "pg";
import { guardedLookup, AddressRefused } from "../address-guard.ts";
import type { DeliveryItem } from "../connector.ts";
import { guardedSocket } from "../tcp/guarded-socket.ts";
import { noContext, testPorts } from "../testing/context.ts";
import { makeItem } from "../testing/make-item.ts";
import { lineOf, makeSale, transactionDraft } from "../../transactions/testing/make-transaction.ts";
import { classifyError } from "./classify-error.ts";
import { tablesOf } from "./columns.ts";
import { postgresTableConfigSchema } from "./manifest.ts";
import { mapRows, rowsOf } from "./map.ts";
import { postgresTable } from "./postgres-table.ts";
import { sendBatch, type TableLine } from "./send-batch.ts";

const configOf = (extra: object = {}) => postgresTableConfigSchema.parse({ url: "postgres://till@db.example/books", ...extra });

test.each([
  [{ url: "https://db.example/books" }, "url"],
  [{ url: "postgres://db.example/books" }, "names the user"],
  [{ url: "postgres://till:pw@db.example/books" }, "no password"],
  [{ url: "postgres://till@db.example/" }, "names the database"],
  [{ url: "postgres://till@/books" }, "url"],
  [{ url: "postgres://till@db.example/books?host=127.0.0.1" }, "no parameters"],
  [{ tls: "off" }, "allowPrivateNetwork"],
  [{ table: 'x"; DROP TABLE y' }, "table"],
  [{ table: "t".repeat(56) }, "table"],
  [{ shape: "entries", lines: true }, "shape"],
  [{ timeoutMs: 99 }, "timeoutMs"],
  [{ other: 1 }, "other"],
])("refuses %o", (extra, about) => {
  const parsed = postgresTableConfigSchema.safeParse({ url: "postgres://till@db.example/books", ...extra });
  expect(JSON.stringify(parsed.error?.issues)).toContain(about);
});

test("the longest table name still fits with its endings", () => {
  expect(`${configOf({ table: "t".repeat(55) }).table}_tenders`.length).toBe(63);
});

test("a line of today's schema is copied without being checked again; one of an older schema is read as the log reads it", () => {
  const bytes = lineOf(1, transactionDraft(makeSale({ sequence: "1", grand: "5" })));
  const item: DeliveryItem = { ...makeItem(), line: bytes };
  let asked = 0;
  Object.defineProperty(item, "transaction", { get: () => (asked++, makeItem().transaction) });
  expect(rowsOf(item, configOf()).values).toMatchObject({ grand: "0.05", sequence: "1", business_day: "2026-11-20", counts: true });
  expect(asked).toBe(0);
  const old = lineOf(1, transactionDraft({ ...makeSale({ sequence: "1", grand: "5" }), schemaVersion: 0 }));
  Object.defineProperty(item, "line", { value: old });
  expect(rowsOf(item, configOf()).values).toMatchObject({ grand: "12.50" });
  expect(asked).toBe(1);
});

test("an entry that cannot be read is refused by itself, and later ones of its key wait", async () => {
  const broken = { ...makeItem({ orderingKey: "a" }), line: new TextEncoder().encode("{") };
  expect(mapRows(broken, configOf())).toEqual({ kind: "rejected", detail: "the entry cannot be read" });
  const line = {
    config: configOf(),
    tables: tablesOf(configOf()),
    ports: testPorts(),
    pool: quietPool(),
    ensureTables: async () => undefined,
  };
  const results = await sendBatch(line, [
    makeItem({ orderingKey: "b", identity: "1" }),
    broken,
    makeItem({ orderingKey: "a", identity: "2" }),
  ]);
  expect(results.map((result) => result.kind)).toEqual(["delivered", "rejected", "theirs"]);
});

/** Takes everything; `fail` throws what a statement meets. */
const quietPool = (fail: (values: string[]) => Error | undefined = () => undefined, seen: string[][] = []): Pool => {
  const client = {
    query: ({ values }: { values: string[] }) => {
      seen.push(values);
      const error = fail(values);
      return error === undefined ? Promise.resolve({ rows: [] }) : Promise.reject(error);
    },
    on: () => client,
    off: () => client,
    release: () => undefined,
  };
  return { connect: () => Promise.resolve(client) } as unknown as Pool;
};

const serverError = (code: string, more: object = {}): Error =>
  Object.assign(new Error("duplicate key: (name)=(Jane Doe)"), { severity: "ERROR", code, ...more });

test("large receipts go in several statements, in their order; one statement that fails ends its keys", async () => {
  const seen: string[][] = [];
  const extensions = { till: Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`f${i}`, "x".repeat(1_000)])) };
  const transaction = { ...makeItem().transaction, extensions };
  const items = Array.from({ length: 300 }, (_, i) => makeItem({ identity: `tx_${i}`, orderingKey: `k${i % 10}`, transaction }));
  const line: TableLine = {
    config: configOf(),
    tables: tablesOf(configOf()),
    ports: testPorts(),
    pool: quietPool(() => (seen.length === 1 ? serverError("40P01") : undefined), seen),
    ensureTables: async () => undefined,
  };
  const results = await sendBatch(line, items);
  expect(Math.max(...seen.map(([text]) => text?.length ?? 0))).toBeLessThan(8.5 * 1024 * 1024);
  // Every key had an item in the first statement, which failed: none of the later ones goes past it.
  expect(seen).toHaveLength(1);
  expect(new Set(results.map((result) => result.kind))).toEqual(new Set(["theirs"]));
  const again = await sendBatch({ ...line, pool: quietPool(() => undefined, seen) }, items);
  expect(again.every((result) => result.kind === "delivered")).toBe(true);
  expect(seen).toHaveLength(4);
});

test("without a permit nothing is sent", async () => {
  const line: TableLine = {
    config: configOf(),
    tables: tablesOf(configOf()),
    ports: testPorts({ permit: () => Promise.resolve(false) }),
    pool: quietPool(() => new Error("never")),
    ensureTables: async () => undefined,
  };
  expect(await sendBatch(line, [makeItem()])).toEqual([{ kind: "theirs", detail: "waits for the rate limit" }]);
});

test.each([
  ["22P02", "rejected"],
  ["23505", "rejected"],
  ["54000", "rejected"],
  ["P0001", "rejected"],
  ["28P01", "set-up"],
  ["3D000", "set-up"],
  ["3F000", "set-up"],
  ["42P01", "set-up"],
  ["42501", "set-up"],
  ["57014", "theirs"],
  ["40P01", "theirs"],
  ["53300", "theirs"],
  ["55P03", "theirs"],
  ["25006", "theirs"],
  ["XX000", "theirs"],
  ["57P01", "uncertain"],
  ["57P02", "uncertain"],
  ["08006", "uncertain"],
])("SQLSTATE %s is %s, and says nothing of the values", (code, kind) => {
  const result = classifyError(serverError(code, { detail: "Jane Doe" }), true);
  expect(result.kind).toBe(kind);
  expect(JSON.stringify(result)).not.toContain("Jane");
});

test.each([
  [Object.assign(new Error("x"), { code: "ECONNREFUSED" }), false, "theirs"],
  [Object.assign(new Error("x"), { code: "ECONNRESET" }), false, "theirs"],
  [Object.assign(new Error("x"), { code: "ECONNRESET" }), true, "uncertain"],
  [Object.assign(new Error("x"), { code: "CERT_HAS_EXPIRED" }), false, "set-up"],
  [new Error("timeout expired"), false, "theirs"],
  [new Error("Connection terminated unexpectedly"), true, "uncertain"],
  [new Error("Query read timeout"), true, "uncertain"],
  [new Error("The server does not support SSL connections"), false, "set-up"],
  [serverError("57P03"), false, "theirs"],
  [new AddressRefused("x"), false, "set-up"],
])("%s, connected %s, is %s", (error, connected, kind) => expect(classifyError(error, connected).kind).toBe(kind));

describe("the address guard", () => {
  test.each(["127.0.0.1", "[::1]", "10.0.0.1", "169.254.169.254"])("%s is refused, before anything is sent", async (host) => {
    const config = configOf({ url: `postgres://till@${host}:9/books` });
    expect(() => postgresTable.check(config)).toThrow("private");
    const session = postgresTable.open(config, testPorts());
    expect(await session.send(makeItem(), noContext)).toMatchObject({ kind: "set-up", detail: expect.stringContaining("address-refused") });
    expect(await session.lookUp?.(makeItem(), noContext)).toMatchObject({ kind: "set-up" });
    await session.close();
  });

  test("a name that resolves to this machine is refused in the connection", async () => {
    const session = postgresTable.open(configOf({ url: "postgres://till@localhost:9/books" }), testPorts());
    expect(await session.send(makeItem(), noContext)).toMatchObject({ kind: "set-up", detail: expect.stringContaining("address-refused") });
    await session.close();
  });

  test("a socket of the guard asks the guard for every name", async () => {
    const resolve = ((_host: string, _options: object, done: (e: null, a: object[]) => void) =>
      done(null, [{ address: "10.0.0.1", family: 4 }])) as never;
    const socket = guardedSocket(guardedLookup(resolve));
    const failed = new Promise((done) => socket.once("error", done));
    socket.connect(9, "rebound.example");
    expect(await failed).toBeInstanceOf(AddressRefused);
  });
});

test("nobody there is theirs, for every item of the batch", async () => {
  const session = postgresTable.open(
    configOf({ url: "postgres://till@127.0.0.1:1/books", allowPrivateNetwork: true, tls: "off" }),
    testPorts(),
  );
  expect(await session.sendMany?.([makeItem(), makeItem()], noContext)).toEqual([
    { kind: "theirs", detail: "ECONNREFUSED" },
    { kind: "theirs", detail: "ECONNREFUSED" },
  ]);
  await session.close();
});

test.each([
  ["an HTTP server", "HTTP/1.1 400 Bad Request\r\n\r\n<html>"],
  ["text that never ends", "x".repeat(64 * 1024)],
])("%s on the other end breaks nothing, and nothing counts as delivered", async (_, text) => {
  const server = createServer((socket) => {
    const more = (): void => void (socket.writable && socket.write(text, "latin1", () => setTimeout(more, 5)));
    socket.resume().on("error", () => undefined);
    more();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `postgres://till@127.0.0.1:${(server.address() as AddressInfo).port}/books`;
  for (const tls of ["off", "verify"]) {
    const session = postgresTable.open(configOf({ url, allowPrivateNetwork: true, tls, timeoutMs: 500 }), testPorts());
    expect(["theirs", "set-up"]).toContain((await session.send(makeItem(), noContext)).kind);
    await session.close();
  }
  await new Promise((resolve) => server.close(resolve));
});
