import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Amount, Epoch, StoreId, TerminalId } from "@tillsync/sync-protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { grantQuota } from "../accounts/grant-quota.ts";
import { creditAccount } from "../accounts/credit-accounts.ts";
import { showAccount } from "../accounts/list-accounts.ts";
import { CARD, tell } from "../accounts/testing/till.ts";
import { createLogger } from "../config/logger.ts";
import type { Database } from "../db/database.ts";
import { migrate } from "../db/migrate.ts";
import { openDatabase } from "../db/open-database.ts";
import { runCommand } from "../testing/run-cloud.ts";
import { addTerminal, appendDrafts } from "../transactions/testing/append-drafts.ts";
import { makeNoSale, transactionDraft } from "../transactions/testing/make-transaction.ts";

let dir: string;
/** Stands for the running cloud: the commands are its guests, as they are beside `serve`. */
let db: Database;
const run = (...args: string[]) => runCommand([...args, "--data", dir]);
const json = async (...args: string[]): Promise<unknown> => JSON.parse((await run(...args, "--json")).stdout);
const credit = (amount: string) => [
  "accounts",
  "credit",
  "giftCard",
  CARD.id,
  "--amount",
  amount,
  "--unit",
  "EUR",
  "--reference",
  "opening",
];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "tillsync-accounts-"));
  db = await openDatabase({ kind: "embedded", dir }, "serve", createLogger({}, "warn"));
  await migrate(db);
  await addTerminal(db, "till-1", "store-1");
  await appendDrafts(db, { terminal: "till-1" }, [transactionDraft(makeNoSale("1"))]);
});
afterAll(async () => {
  await db.close();
  await rm(dir, { recursive: true });
});

test("of many who ask at once no more is granted than there is, and they do not wait for each other for ever", async () => {
  const tills = Array.from({ length: 12 }, (_, n) => `asking-${n}`);
  const cards = ["many-1", "many-2", "many-3"].map((id) => ({ kind: "giftCard" as const, id }));
  for (const till of tills) {
    await addTerminal(db, till, "store-1");
    await appendDrafts(db, { terminal: till }, [transactionDraft(makeNoSale(till))]);
  }
  for (const account of cards) await creditAccount(db, { account, amount: "1000" as Amount, unit: "EUR", reference: "o" }, "test", 1);
  const asks = tills.flatMap((till) => cards.map((account) => ({ till, account })));
  const grants = await Promise.all(
    asks.map(({ till, account }) =>
      grantQuota(
        db,
        { terminal: till as TerminalId, store: "store-1" as StoreId },
        { epoch: 1 as Epoch, account, unit: "EUR", granted: "300" as Amount, seen: "0" as Amount },
        1_000,
      ),
    ),
  );
  for (const card of cards) {
    const granted = grants.filter(({ account }) => account.id === card.id).map((one) => one.granted);
    expect(granted.filter((one) => one === "300").length).toBe(3);
    expect(await showAccount(db, card)).toMatchObject({ balance: "1000", free: "100", leased: "900" });
  }
});

test("a card is paid in once, leased, used, shown, and the lease of a lost till is freed by a person", async () => {
  expect([await json(...credit("5000")), await json(...credit("5000"))]).toEqual([{ kind: "credited" }, { kind: "repeated" }]);
  expect(await run(...credit("1"))).toMatchObject({ code: 1, stderr: expect.stringContaining("account.reference-used") });
  const device = { terminal: "till-1" as TerminalId, store: "store-1" as StoreId };
  const ask = { epoch: 1 as Epoch, account: CARD, unit: "EUR", granted: "3000" as Amount, seen: "0" as Amount };
  await grantQuota(db, device, ask, 1_000);
  await tell(db, "till-1", { amount: "700", id: "r1" }, { amount: "100", id: "r2", atRisk: "100" });
  expect(await json("accounts", "list", "--kind", "giftCard", "--limit", "1")).toMatchObject({
    accounts: [{ account: CARD, balance: "4200", free: "1900", leased: "2300", risk: "100", overdrawn: "0" }],
    uncounted: 0,
  });
  const shown = (await run("accounts", "show", "giftCard", CARD.id)).stdout;
  expect(shown).toContain("\ttill-1:1\tgranted 3000\tused 700\treturned 0\tunused 2300\n");
  expect(shown).toContain("\tredeemed\t100\tatRisk\tr2\ttill-1:1\tat risk 100\n");
  const release = ["accounts", "release", "giftCard", CARD.id, "--lease", "till-1:1"];
  expect(await json(...release, "--reason", "till stolen")).toEqual({ released: "2300" });
  expect(await json("accounts", "show", "giftCard", CARD.id)).toMatchObject({
    free: "4200",
    leases: [{ terminal: "till-1", epoch: 1, released: "2300" }],
    audit: [{ action: "release", reason: "till stolen", lease: "till-1:1" }, { action: "credit" }],
  });
  expect(await run("accounts", "show", "giftCard", "nobody")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("account.unknown"),
  });
});
