import type { Amount, Epoch, QuotaAsk, StoreId, TerminalId } from "@tillsync/sync-protocol";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { openTestDatabase } from "../db/testing/open-test-database.ts";
import { addTerminal, appendDrafts } from "../transactions/testing/append-drafts.ts";
import { makeNoSale, transactionDraft } from "../transactions/testing/make-transaction.ts";
import { creditAccount } from "./credit-account.ts";
import { grantQuota, type QuotaGrant } from "./grant-quota.ts";
import { countOdd, listAccounts, showAccount, type AccountDetail } from "./list-accounts.ts";
import { releaseLease } from "./release-lease.ts";
import { balanceDocument, CARD, foldToEnd, quotaDocuments, setPolicies, tell, valueDraft } from "./testing/till.ts";

let db: Database;
beforeEach(async () => {
  db = await openTestDatabase();
  await addTerminal(db, "till-1");
  await addTerminal(db, "till-2");
});
afterEach(() => db.close());

const pay = (amount: string, more: { reference?: string; store?: string; unit?: string } = {}): Promise<"credited" | "repeated"> =>
  creditAccount(
    db,
    {
      account: CARD,
      amount: amount as Amount,
      unit: more.unit ?? "EUR",
      reference: more.reference ?? "opening",
      store: more.store,
      who: "test",
    },
    1_000,
  );
const ask = (terminal: string, granted: string, more: Partial<QuotaAsk> = {}): Promise<QuotaGrant> =>
  grantQuota(
    db,
    { terminal: terminal as TerminalId, store: "store-1" as StoreId },
    { epoch: 1 as Epoch, account: CARD, unit: "EUR", granted: granted as Amount, seen: "0" as Amount, ...more },
    2_000,
  );
const show = async (): Promise<AccountDetail> => (await showAccount(db, CARD)) as AccountDetail;
/** A terminal that the cloud has heard of: its journal has an entry. */
const heardOf = async (terminal: string, epoch = 1): Promise<void> => {
  await appendDrafts(db, { terminal, epoch }, [transactionDraft({ ...makeNoSale(`${terminal}.${epoch}`) })]);
};

describe("credits", () => {
  test("count once by their reference, and another amount under it is refused", async () => {
    expect([await pay("5000"), await pay("5000"), await pay("700", { reference: "top-up" })]).toEqual(["credited", "repeated", "credited"]);
    await expect(pay("5001")).rejects.toMatchObject({ code: "account.reference-used" });
    await expect(pay("10", { reference: "yen", unit: "JPY" })).rejects.toMatchObject({ code: "quota.unit-wrong" });
    expect(await show()).toMatchObject({ credits: "5700", balance: "5700", free: "5700", audit: [{ amount: "700" }, { amount: "5000" }] });
    expect(await balanceDocument(db, "giftcards", CARD.id)).toMatchObject({
      balance: "5700",
      currency: "EUR",
      exponent: 2,
      state: "active",
    });
  });

  test("leave other fields of the card's document as they are", async () => {
    await db.query(sql`
      INSERT INTO reference_document (collection, id, scope, version, schema_version, body, changed_at_ms)
      VALUES ('giftcards', ${CARD.id}, 'store:store-1', 4, 1,
        ${JSON.stringify({ id: CARD.id, currency: "EUR", exponent: 2, balance: "1", state: "blocked", lastDigits: "4711" })}::json, 0)`);
    await pay("5000");
    expect(await balanceDocument(db, "giftcards", CARD.id)).toMatchObject({ balance: "5000", state: "blocked", lastDigits: "4711" });
  });

  test("go in part to the home store's terminals beforehand, as the policy says, and to no other life of them", async () => {
    await setPolicies(db, { giftCard: { preLease: { percent: 50, perTerminalMax: "1000" } } });
    await addTerminal(db, "elsewhere", "store-2");
    for (const [terminal, epoch] of [
      ["till-1", 1],
      ["till-1", 3],
      ["till-2", 1],
      ["elsewhere", 1],
    ] as const)
      await heardOf(terminal, epoch);
    await pay("3000", { store: "store-1" });
    expect(await quotaDocuments(db)).toEqual({
      "till-1:3": { granted: "750", scope: "terminal:till-1" },
      "till-2:1": { granted: "750", scope: "terminal:till-2" },
    });
    await pay("9000", { reference: "again" });
    expect(await quotaDocuments(db)).toMatchObject({ "till-1:3": { granted: "1750" }, "till-2:1": { granted: "1750" } });
    expect(await show()).toMatchObject({ balance: "12000", free: "8500", leased: "3500" });
  });
});

describe("a terminal that asks", () => {
  test("is granted what is free, once however often it asks, and never more", async () => {
    await pay("5000");
    expect(await ask("till-1", "3000")).toMatchObject({ granted: "3000", balance: "5000", free: "2000", recalling: false });
    expect(await ask("till-1", "3000")).toMatchObject({ granted: "3000", free: "2000" });
    expect(await ask("till-1", "1000")).toMatchObject({ granted: "3000" });
    expect(await ask("till-2", "2500")).toMatchObject({ granted: "0", free: "2000", recalling: true });
    expect(await quotaDocuments(db)).toEqual({ "till-1:1": { granted: "3000", scope: "terminal:till-1", recalled: true } });
    await tell(db, "till-1", { kind: "returned", amount: "1800", id: "back-1" }, { amount: "1200", id: "r1" });
    expect(await ask("till-2", "2500")).toMatchObject({ granted: "2500", balance: "3800", free: "1300" });
  });

  test("gets nothing for a life that has ended, of an unknown account, or in another unit", async () => {
    await pay("5000");
    await heardOf("till-1", 2);
    await expect(ask("till-1", "100")).rejects.toMatchObject({ code: "quota.epoch-ended" });
    await expect(ask("till-1", "100", { unit: "USD", epoch: 2 as Epoch })).rejects.toMatchObject({ code: "quota.unit-wrong" });
    expect(await ask("till-1", "100", { account: { kind: "giftCard", id: "nobody" } })).toMatchObject({ granted: "0", balance: "0" });
    expect((await listAccounts(db, { kind: undefined, after: "", limit: 10 })).length).toBe(1);
  });

  test("reminds a cloud that was restored from an older backup of what it has", async () => {
    await pay("5000");
    expect(await ask("till-1", "4000", { seen: "4000" as Amount })).toMatchObject({ granted: "4000", free: "1000" });
    expect(await ask("till-2", "1500")).toMatchObject({ granted: "0", recalling: true });
  });
});

describe("entries", () => {
  test("count once, whatever comes twice, and the balance is what is left", async () => {
    await pay("5000");
    await ask("till-1", "4000");
    await tell(db, "till-1", { amount: "1500", id: "r1" }, { amount: "1500", id: "r1" }, { amount: "500", id: "r2" });
    await foldToEnd(db);
    expect(await show()).toMatchObject({ balance: "3000", free: "1000", leased: "2000", risk: "0", overdrawn: "0" });
    expect((await show()).entries.map((one) => `${one.kind} ${one.amount} ${one.outcome}`)).toEqual([
      "redeemed 500 counted",
      "redeemed 1500 counted",
    ]);
  });

  test("of another content under a known receipt, and in another unit, count nowhere and are shown", async () => {
    await pay("5000");
    await appendDrafts(db, { terminal: "till-1" }, [valueDraft({ amount: "100", id: "r1" }), valueDraft({ amount: "900", id: "r1" }, 2)]);
    await tell(db, "till-1", { amount: "7", id: "r2", unit: "JPY" });
    expect(await show()).toMatchObject({ balance: "4900" });
    expect((await show()).entries.map((one) => one.outcome).toSorted()).toEqual(["counted", "revised", "unit-wrong"]);
    expect(await countOdd(db)).toBe(2);
  });

  test("at risk lower the balance, and are shown as such; an account may come to be by them", async () => {
    await tell(db, "till-1", { amount: "900", id: "r1", atRisk: "400" });
    expect(await show()).toMatchObject({ credits: "0", balance: "-900", free: "-900", risk: "400", overdrawn: "500" });
    await pay("1000");
    expect(await show()).toMatchObject({ balance: "100", free: "100" });
  });

  test("of refunds count no further than what was redeemed, whichever comes first", async () => {
    await pay("5000");
    await tell(db, "till-2", { kind: "refunded", amount: "800", id: "f1", of: "r1" });
    expect(await show()).toMatchObject({ balance: "5000" });
    await tell(db, "till-1", { amount: "1000", id: "r1" });
    expect(await show()).toMatchObject({ balance: "4800" });
    await tell(db, "till-1", { kind: "refunded", amount: "800", id: "f2", of: "r1" }, { kind: "refunded", amount: "50", id: "f3" });
    expect(await show()).toMatchObject({ balance: "5050" });
    await tell(db, "till-1", { kind: "toppedUp", amount: "100", id: "t1" });
    expect(await show()).toMatchObject({ balance: "5150" });
  });

  test("of one redemption in two lives of a terminal both count, and are marked for a person", async () => {
    await pay("5000");
    await tell(db, "till-1", { amount: "100", id: "r1" }, { amount: "100", id: "r1", epoch: 2 });
    expect(await show()).toMatchObject({ balance: "4800" });
    expect((await show()).entries.map((one) => one.isRepeated)).toEqual([true, true]);
  });

  test("change a member's points where the member is known, and make no member of an account", async () => {
    const points = { kind: "points" as const, id: "m1" };
    await creditAccount(db, { account: points, amount: "300" as Amount, unit: "points", reference: "o", who: "test" }, 1);
    expect(await balanceDocument(db, "members", "m1")).toBeUndefined();
    await db.query(sql`
      INSERT INTO reference_document (collection, id, scope, version, schema_version, body, changed_at_ms)
      VALUES ('members', 'm1', 'all', 1, 1, ${JSON.stringify({ id: "m1", tier: "gold", state: "active" })}::json, 0)`);
    await tell(db, "till-1", { account: points, unit: "points", amount: "120", id: "p1" });
    expect(await balanceDocument(db, "members", "m1")).toMatchObject({ points: 180, tier: "gold" });
  });
});

describe("a terminal that is lost", () => {
  test("keeps its rights until a person releases them; used after all, they are overdrawn and nobody else's", async () => {
    await pay("5000");
    await ask("till-1", "3000");
    await heardOf("till-1", 2);
    expect(await ask("till-2", "2500")).toMatchObject({ granted: "0", free: "2000" });
    const release = () => releaseLease(db, { account: CARD, terminal: "till-1", epoch: 1, who: "ann", reason: "till stolen" }, 5_000);
    expect([await release(), await release()]).toEqual(["3000", "0"]);
    expect(await ask("till-2", "2500")).toMatchObject({ granted: "2500", free: "2500" });
    await tell(db, "till-1", { amount: "700", id: "late" });
    expect(await show()).toMatchObject({ balance: "4300", free: "1800", overdrawn: "700" });
    expect((await show()).audit[0]).toMatchObject({
      action: "release",
      who: "ann",
      reason: "till stolen",
      amount: "3000",
      lease: "till-1:1",
    });
    await expect(releaseLease(db, { account: CARD, terminal: "till-9", epoch: 1, who: "ann", reason: "-" }, 1)).rejects.toMatchObject({
      code: "account.unknown",
    });
  });
});
