import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createLogger } from "../config/logger.ts";
import { startReceiver, type Receiver } from "../connectors/testing/misbehaving-receiver.ts";
import type { Database } from "../db/database.ts";
import { openDatabase } from "../db/open-database.ts";
import { sql } from "../db/sql.ts";
import { deliveryIdentity } from "../destinations/delivery-identity.ts";
import { runCommand } from "../testing/run-cloud.ts";
import { addTerminal, appendDrafts } from "../transactions/testing/append-drafts.ts";
import { makeSale, transactionDraft } from "../transactions/testing/make-transaction.ts";
import { runToEnd } from "../transactions/testing/run-to-end.ts";

/** Each command is a process of its own, and takes seconds on a busy machine. */
const COMMANDS_MAX_MS = 300_000;

/** Each could be anywhere in an output only if it was printed. */
const SECRETS = [`whsec_${Buffer.from("never to be printed 1234").toString("base64")}`, "header-token-0815", "geheim-passwort-4711"];
let dir: string;
let db: Database;
let receiver: Receiver;
const outputs: string[] = [];

async function run(...args: string[]) {
  const done = await runCommand([...args, "--data", dir], { TILLSYNC_LOG_LEVEL: "warn" });
  outputs.push(done.stdout, done.stderr);
  return { ...done, json: () => JSON.parse(done.stdout) as Record<string, unknown> };
}
const codeOf = async (...args: string[]) => {
  const done = await run(...args, "--json");
  return { exit: done.code, ...(done.json()["error"] as { code: string; detail?: string }) };
};
async function file(name: string, content: unknown): Promise<string> {
  const path = join(dir, name);
  await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}
const crm = (over: object = {}) => ({
  name: "crm",
  kind: "webhook",
  url: receiver.url,
  allowPrivateNetwork: true,
  secret: SECRETS[0],
  headers: { authorization: SECRETS[1] },
  ...over,
});
const erp = (over: object = {}) => ({
  name: "erp",
  kind: "tryton",
  url: "http://127.0.0.1:9/",
  allowPrivateNetwork: true,
  database: "erp",
  user: "till",
  password: SECRETS[2],
  mapping: {
    version: 1,
    stores: { "9": "WH" },
    tenders: { cash: "Cash" },
    taxes: { none: "-" },
    items: { by: "table", table: { pear: "P" } },
    customers: { "*": "C" },
    accounts: { rounding: "R" },
  },
  ...over,
});

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "tillsync-care-"));
  db = await openDatabase({ kind: "embedded", dir }, "serve", createLogger({}, "warn"));
  receiver = await startReceiver();
  await addTerminal(db, "till-1", "store-1", ["9"]);
  await appendDrafts(db, { terminal: "till-1" }, [
    transactionDraft(makeSale({ sequence: "1" })),
    transactionDraft(makeSale({ sequence: "2", item: "pear" })),
  ]);
  await runToEnd(db);
});
afterAll(async () => {
  await receiver.close();
  await db.close();
  await rm(dir, { recursive: true });
});
afterEach(() => {
  for (const secret of SECRETS) for (const output of outputs) expect(output).not.toContain(secret);
});

test(
  "a wrong file is refused by a code that names the field, and never quotes what stood there",
  async () => {
    const refused = async (content: unknown) => codeOf("destinations", "add", await file("wrong.json", content));
    const invalid = { exit: 1, code: "destination.config-invalid" };
    expect(await refused(crm({ colour: "red" }))).toMatchObject({ ...invalid, detail: "colour: no such field" });
    expect(await refused(crm({ secret: `${SECRETS[0]}!` }))).toMatchObject({ ...invalid, detail: expect.stringContaining("secret: ") });
    expect(await refused(`{"name": "crm", "secret": "${SECRETS[0]}`)).toMatchObject({ exit: 1, code: "config.unreadable" });
    expect((await run("destinations", "list", "--json")).json()).toEqual({ destinations: [] });
  },
  COMMANDS_MAX_MS,
);

test(
  "dry run: before anything is added, with the receipts and codes that are missing; complete once the mapping is",
  async () => {
    const lacking = await run("destinations", "dry-run", await file("erp.json", erp()), "--business-day", "2026-11-20", "--json");
    expect(lacking.code).toBe(1);
    expect(lacking.json()).toMatchObject({
      items: 2,
      sendable: 1,
      codes: [{ table: "items", code: "apple", receipts: 1 }],
      missing: [{ naturalKey: "9/31/2026-11-20/1", missing: [{ table: "items", code: "apple" }] }],
      error: { code: "mapping.missing" },
    });
    const path = await file("full.json", erp({ mapping: { ...erp().mapping, items: { by: "itemId" } } }));
    const full = await run("destinations", "dry-run", path, "--business-day", "2026-11-20", "--limit", "1", "--json");
    expect(full).toMatchObject({ code: 0 });
    expect(full.json()).toMatchObject({ items: 2, sendable: 2, shown: [{ naturalKey: "9/31/2026-11-20/1" }] });
    expect((await run("destinations", "dry-run", path, "--business-day", "2026-11-20")).stdout).toContain("9/31/2026-11-20/2");
    expect(await codeOf("destinations", "dry-run", "nobody", "--business-day", "2026-11-20")).toMatchObject({
      code: "destination.unknown",
    });
    expect(await codeOf("destinations", "dry-run", path)).toMatchObject({ exit: 2 });
  },
  COMMANDS_MAX_MS,
);

test(
  "shown without secrets, tested, changed, removed with a reason",
  async () => {
    expect((await run("destinations", "test", await file("crm.json", crm()), "--json")).json()).toMatchObject({
      destination: "crm",
      kind: "ready",
      by: "probe",
    });
    expect(receiver.seen).toEqual([]);
    expect((await run("destinations", "add", await file("crm.json", crm()), "--json")).code).toBe(0);
    const shown = (await run("destinations", "show", "crm", "--json")).json();
    expect(shown).toMatchObject({
      name: "crm",
      state: "active",
      version: 1,
      sealedFields: ["secret", "headers"],
      config: { url: receiver.url },
    });
    expect(Object.keys(shown["config"] as object)).not.toContain("headers");
    const { secret: _secret, headers: _headers, ...fields } = crm({ concurrency: 3 }) as Record<string, unknown>;
    expect((await run("destinations", "update", await file("crm.json", fields), "--json")).json()).toEqual({
      destination: "crm",
      changed: ["concurrency"],
      retried: 0,
      uncertain: 0,
    });
    expect(await codeOf("destinations", "update", await file("other.json", { ...fields, include: ["orders"] }))).toMatchObject({
      exit: 1,
      code: "destination.update-refused",
    });
    expect(await codeOf("destinations", "test", await file("erp.json", erp()))).toMatchObject({ exit: 1, code: "delivery.theirs" });
    expect(await codeOf("reconcile", "--business-day", "2026-11-20", "--destination", "crm", "--ask")).toMatchObject({
      exit: 1,
      code: "destination.no-look-up",
    });
    expect((await run("reconcile", "--business-day", "2026-11-20", "--ask", "--json")).json()).toMatchObject({
      destinations: [{ destination: "crm", stores: [{ store: "store-1" }], ask: { error: "destination.no-look-up" } }],
    });
    expect(await codeOf("destinations", "remove", "crm")).toMatchObject({ exit: 2 });
    expect(await codeOf("destinations", "remove", "crm", "--reason", "replaced")).toMatchObject({
      code: "destination.open-deliveries",
      detail: "2 pending",
    });
    expect((await run("destinations", "remove", "crm", "--reason", "replaced", "--force", "--json")).json()).toEqual({
      destination: "crm",
      closed: 2,
    });
    expect(await codeOf("destinations", "show", "crm")).toMatchObject({ code: "destination.unknown" });
    expect((await run("deliveries", "audit", "--destination", "crm", "--json")).json()).toMatchObject({
      audit: [
        { action: "add" },
        { action: "update", detail: "concurrency" },
        { action: "remove", reason: "replaced", detail: "closed unsent: 2 pending" },
      ],
    });
  },
  COMMANDS_MAX_MS,
);

const list = async () =>
  (await run("deliveries", "list", "--destination", "oms", "--json")).json()["deliveries"] as { id: number; state: string }[];

test(
  "deliveries: shown whole; edited where an edit may, refused by the field's name where not",
  async () => {
    await run("destinations", "add", await file("crm.json", crm({ name: "oms" })));
    const park = (tpos: number, key: string) =>
      db.query(sql`
    INSERT INTO delivery (destination, shard, tpos, natural_key, ordering_key, identity, state, attempts, first_at_ms, last_at_ms, code, detail)
    VALUES ('oms', 'main', ${tpos}::bigint, ${key}, ${key}, ${deliveryIdentity(key, 1)}, 'parked', 1, 0, 0, 'delivery.rejected', 'status 422')`);
    await park(1, "9/31/2026-11-20/1");
    await park(2, "9/31/2026-11-20/2");
    const [one] = await list();
    const id = String(one?.id);
    const shown = (await run("deliveries", "show", id, "--json")).json();
    expect(shown).toMatchObject({ delivery: { detail: "status 422", destination: "oms" }, wouldSend: { kind: "requests" }, edits: [] });
    const transaction = shown["transaction"] as { lines: object[] };
    const wrong = await file("edit.json", { ...transaction, reported: { grand: "1" } });
    expect(await codeOf("deliveries", "edit", id, "--file", wrong, "--reason", "r")).toMatchObject({
      exit: 1,
      code: "delivery.edit-refused",
      detail: "reported.grand",
    });
    expect(await codeOf("deliveries", "edit", id, "--file", await file("edit.json", "{"), "--reason", "r")).toMatchObject({
      code: "config.unreadable",
    });
    const right = await file("edit.json", { ...transaction, lines: transaction.lines.map((line) => ({ ...line, itemId: "kiwi" })) });
    expect((await run("deliveries", "edit", id, "--file", right, "--reason", "code changed", "--json")).json()).toEqual({
      edited: one?.id,
      changed: ["lines.0.itemId"],
    });
    expect(await codeOf("deliveries", "edit", id, "--file", right)).toMatchObject({ exit: 2 });
    expect((await run("deliveries", "show", id)).stdout).toContain("kiwi");
  },
  COMMANDS_MAX_MS,
);

test(
  "deliveries: released, retried in bulk, all on record",
  async () => {
    const [one, two] = await list();
    expect(one?.state).toBe("retrying");
    const release = ["deliveries", "release", "--destination", "oms", "--reason", "urgent", "--key"];
    expect((await run(...release, "9/31/2026-11-20/2", "--json")).json()).toEqual({
      released: "9/31/2026-11-20/2",
      id: two?.id,
      kind: "behind",
    });
    expect(await codeOf(...release, "nothing/of/this")).toMatchObject({ exit: 1, code: "delivery.not-releasable" });
    expect((await run("deliveries", "retry", "--destination", "oms", "--state", "parked", "--json")).json()).toEqual({ retried: 1 });
    expect((await list()).map(({ state }) => state)).toEqual(["retrying", "retrying"]);
    const audit = await run("deliveries", "audit", "--destination", "oms");
    expect(
      audit.stdout
        .split("\n")
        .map((line) => line.split("\t")[2])
        .filter(Boolean),
    ).toEqual(["add", "edit", "release", "retry"]);
    expect(await codeOf("deliveries", "retry", "--state", "parked")).toMatchObject({ exit: 2 });
    expect((await run("status", "--json")).json()).toMatchObject({
      destinations: [{ name: "oms", heldFor: { mapping: 0, cause: 0 }, oldest: { naturalKey: "9/31/2026-11-20/1", state: "retrying" } }],
    });
  },
  COMMANDS_MAX_MS,
);
