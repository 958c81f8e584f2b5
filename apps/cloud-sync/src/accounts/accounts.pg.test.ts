import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Account, Amount, Epoch, QuotaAsk, StoreId, TerminalId } from "@tillsync/sync-protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { OPEN_TEST_DATABASE_MAX_MS, openTestDatabase } from "../db/testing/open-test-database.ts";
import { addTerminal, appendDrafts } from "../transactions/testing/append-drafts.ts";
import { makeNoSale, transactionDraft } from "../transactions/testing/make-transaction.ts";
import { creditAccount, CREDITS_MAX } from "./credit-accounts.ts";
import { importCredits } from "./import-credits.ts";
import { grantQuota, type QuotaGrant } from "./grant-quota.ts";
import { countOdd, listAccounts, showAccount, type AccountDetail } from "./list-accounts.ts";
import { releaseLease } from "./release-lease.ts";
import { balanceDocument, foldToEnd, quotaDocuments, setPolicies, tell, valueDraft, type ValueWish } from "./testing/till.ts";

/** One database for all: each test has a card, terminals and a store of its own. */
let db: Database;
let card: Account;
let store: string;
let [till1, till2] = ["", ""];
let tests = 0;
beforeAll(async () => {
  db = await openTestDatabase();
}, OPEN_TEST_DATABASE_MAX_MS);
afterAll(() => db.close());
beforeEach(async () => {
  tests += 1;
  card = { kind: "giftCard", id: `card-${tests}` };
  store = `store-${tests}`;
  [till1, till2] = [`till-1-${tests}`, `till-2-${tests}`];
  for (const till of [till1, till2]) {
    await addTerminal(db, till, store);
    await heardOf(till);
  }
});

const pay = (amount: string, more: { reference?: string; store?: string; unit?: string } = {}): Promise<"credited" | "repeated"> =>
  creditAccount(
    db,
    {
      account: card,
      amount: amount as Amount,
      unit: more.unit ?? "EUR",
      reference: more.reference ?? "opening",
      store: more.store,
    },
    "test",
    1_000,
  );
const ask = (terminal: string, granted: string, more: Partial<QuotaAsk> = {}): Promise<QuotaGrant> =>
  grantQuota(
    db,
    { terminal: terminal as TerminalId, store: store as StoreId },
    { epoch: 1 as Epoch, account: card, unit: "EUR", granted: granted as Amount, seen: "0" as Amount, ...more },
    2_000,
  );
const told = (terminal: string, ...wishes: ValueWish[]): Promise<void> =>
  tell(db, terminal, ...wishes.map((wish) => ({ account: card, ...wish })));
const show = async (): Promise<AccountDetail> => (await showAccount(db, card)) as AccountDetail;
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
    expect(await balanceDocument(db, "giftcards", card.id)).toMatchObject({
      balance: "5700",
      currency: "EUR",
      exponent: 2,
      state: "active",
    });
  });

  test("come by the file: each row for itself, and the same file again changes nothing", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tillsync-credits-"));
    const file = join(folder, "cards.ndjson");
    const row = (id: number, more: object = {}): string =>
      JSON.stringify({ kind: "giftCard", id: `${card.id}-${id}`, amount: "100", unit: "EUR", reference: "opening", ...more });
    const good = Array.from({ length: CREDITS_MAX + 1 }, (_, id) => row(id));
    const bad = [
      row(1, { amount: "0" }),
      "{",
      row(2, { amount: "7" }),
      row(3, { reference: "x", unit: "JPY" }),
      row(9_999, { store: "none" }),
    ];
    await writeFile(file, [...good, ...bad].join("\n"));
    const run = () => importCredits(db, file, "test", () => 1);
    expect(await run()).toMatchObject({
      credited: CREDITS_MAX + 1,
      repeated: 0,
      refused: 5,
      rows: [
        { line: CREDITS_MAX + 2, code: "reference.invalid", detail: expect.stringContaining("amount") },
        { line: CREDITS_MAX + 3, code: "reference.invalid", detail: "not JSON" },
        { code: "account.reference-used" },
        { code: "quota.unit-wrong" },
        { code: "account.store-unknown", detail: "none" },
      ],
    });
    expect(await run()).toMatchObject({ credited: 0, repeated: CREDITS_MAX + 1, refused: 5 });
    expect(await showAccount(db, { kind: "giftCard", id: `${card.id}-500` })).toMatchObject({ balance: "100" });
    expect(await showAccount(db, { kind: "giftCard", id: `${card.id}-9999` })).toBeUndefined();
    await expect(importCredits(db, `${file}.none`, "test", () => 1)).rejects.toMatchObject({ code: "data.not-found" });
    await rm(folder, { recursive: true });
  });

  test("leave other fields of the card's document as they are", async () => {
    await db.query(sql`
      INSERT INTO reference_document (collection, id, scope, version, schema_version, body, changed_at_ms)
      VALUES ('giftcards', ${card.id}, ${`store:${store}`}, 4, 1,
        ${JSON.stringify({ id: card.id, currency: "EUR", exponent: 2, balance: "1", state: "blocked", lastDigits: "4711" })}::json, 0)`);
    await pay("5000");
    expect(await balanceDocument(db, "giftcards", card.id)).toMatchObject({ balance: "5000", state: "blocked", lastDigits: "4711" });
  });

  test("go in part to the home store's terminals beforehand, as the policy says, and to no other life of them", async () => {
    await setPolicies(db, { giftCard: { preLease: { percent: 50, perTerminalMax: "1000" } } });
    await addTerminal(db, `elsewhere-${tests}`, `other-${tests}`);
    for (const [terminal, epoch] of [
      [till1, 1],
      [till1, 3],
      [till2, 1],
      [`elsewhere-${tests}`, 1],
    ] as const)
      await heardOf(terminal, epoch);
    await pay("3000", { store: store });
    expect(await quotaDocuments(db, card)).toEqual({
      [`${till1}:3`]: { granted: "750", scope: `terminal:${till1}` },
      [`${till2}:1`]: { granted: "750", scope: `terminal:${till2}` },
    });
    await pay("9000", { reference: "again" });
    expect(await quotaDocuments(db, card)).toMatchObject({ [`${till1}:3`]: { granted: "1750" }, [`${till2}:1`]: { granted: "1750" } });
    expect(await show()).toMatchObject({ balance: "12000", free: "8500", leased: "3500" });
  });
});

describe("a terminal that asks", () => {
  test("is granted what is free, once however often it asks, and never more", async () => {
    await pay("5000");
    expect(await ask(till1, "3000")).toMatchObject({ granted: "3000", balance: "5000", free: "2000", recalling: false });
    expect(await ask(till1, "3000")).toMatchObject({ granted: "3000", free: "2000" });
    expect(await ask(till1, "1000")).toMatchObject({ granted: "3000" });
    expect(await ask(till2, "2500")).toMatchObject({ granted: "0", free: "2000", recalling: true });
    expect(await quotaDocuments(db, card)).toEqual({ [`${till1}:1`]: { granted: "3000", scope: `terminal:${till1}`, recalled: true } });
    await told(till1, { kind: "returned", amount: "1800", id: "back-1" }, { amount: "1200", id: "r1" });
    expect(await ask(till2, "2500")).toMatchObject({ granted: "2500", balance: "3800", free: "1300" });
  });

  test("gets nothing for a life that has ended, of an unknown account, or in another unit", async () => {
    await pay("5000");
    await heardOf(till1, 2);
    await expect(ask(till1, "100")).rejects.toMatchObject({ code: "quota.epoch-ended" });
    await expect(ask(till1, "100", { unit: "USD", epoch: 2 as Epoch })).rejects.toMatchObject({ code: "quota.unit-wrong" });
    expect(await ask(till1, "100", { account: { kind: "giftCard", id: "nobody" } })).toMatchObject({ granted: "0", balance: "0" });
    const listed = await listAccounts(db, { kind: "giftCard", after: "", limit: 1_000 });
    expect(listed.filter(({ account }) => account.id === card.id || account.id === "nobody").length).toBe(1);
    await expect(ask(till1, "100", { epoch: 3 as Epoch })).rejects.toMatchObject({ code: "quota.epoch-unknown" });
  });

  test("reminds a cloud that was restored from an older backup of what it has", async () => {
    await pay("5000");
    expect(await ask(till1, "4000", { seen: "4000" as Amount })).toMatchObject({ granted: "4000", free: "1000" });
    expect(await ask(till2, "1500")).toMatchObject({ granted: "0", recalling: true });
  });
});

describe("entries", () => {
  test("count once, whatever comes twice, and the balance is what is left", async () => {
    await pay("5000");
    await ask(till1, "4000");
    await told(till1, { amount: "1500", id: "r1" }, { amount: "1500", id: "r1" }, { amount: "500", id: "r2" });
    await foldToEnd(db);
    expect(await show()).toMatchObject({ balance: "3000", free: "1000", leased: "2000", risk: "0", overdrawn: "0" });
    expect((await show()).entries.map((one) => `${one.kind} ${one.amount} ${one.outcome}`)).toEqual([
      "redeemed 500 counted",
      "redeemed 1500 counted",
    ]);
  });

  test("of another content under a known receipt, and in another unit, count nowhere and are shown", async () => {
    const odd = await countOdd(db);
    await pay("5000");
    await appendDrafts(db, { terminal: till1 }, [
      valueDraft({ account: card, terminal: till1, amount: "100", id: "r1" }),
      valueDraft({ account: card, terminal: till1, amount: "900", id: "r1" }, 2),
    ]);
    await told(till1, { amount: "7", id: "r2", unit: "JPY" });
    expect(await show()).toMatchObject({ balance: "4900" });
    expect((await show()).entries.map((one) => one.outcome).toSorted()).toEqual(["counted", "revised", "unit-wrong"]);
    expect(await countOdd(db)).toBe(odd + 2);
  });

  test("at risk lower the balance, and are shown as such; an account may come to be by them", async () => {
    await told(till1, { amount: "900", id: "r1", atRisk: "400" });
    expect(await show()).toMatchObject({ credits: "0", balance: "-900", free: "-900", risk: "400", overdrawn: "500" });
    await pay("1000");
    expect(await show()).toMatchObject({ balance: "100", free: "100" });
  });

  test("of refunds count no further than what was redeemed, whichever comes first", async () => {
    await pay("5000");
    await told(till2, { kind: "refunded", amount: "800", id: "f1", of: "r1" });
    expect(await show()).toMatchObject({ balance: "5000" });
    await told(till1, { amount: "1000", id: "r1" });
    expect(await show()).toMatchObject({ balance: "4800" });
    await told(till1, { kind: "refunded", amount: "800", id: "f2", of: "r1" }, { kind: "refunded", amount: "50", id: "f3" });
    expect(await show()).toMatchObject({ balance: "5050" });
    await told(till1, { kind: "toppedUp", amount: "100", id: "t1" });
    expect(await show()).toMatchObject({ balance: "5150" });
  });

  test("of one redemption in two lives of a terminal both count, and are marked for a person", async () => {
    await pay("5000");
    await told(till1, { amount: "100", id: "r1" }, { amount: "100", id: "r1", epoch: 2 });
    expect(await show()).toMatchObject({ balance: "4800" });
    expect((await show()).entries.map((one) => one.isRepeated)).toEqual([true, true]);
  });

  test("that bear the cloud's name of the store are taken, whatever numbers the POS may use there", async () => {
    await pay("5000");
    await addTerminal(db, till1, store, ["17"]);
    await told(till1, { amount: "100", id: "r1", store }, { amount: "9", id: "r2", store: "18" });
    expect(await show()).toMatchObject({ balance: "4900" });
    await addTerminal(db, till1, store, null);
  });

  test("change a member's points where the member is known, and make no member of an account", async () => {
    const points = { kind: "points" as const, id: "m1" };
    await creditAccount(db, { account: points, amount: "300" as Amount, unit: "points", reference: "o" }, "test", 1);
    expect(await balanceDocument(db, "members", "m1")).toBeUndefined();
    await db.query(sql`
      INSERT INTO reference_document (collection, id, scope, version, schema_version, body, changed_at_ms)
      VALUES ('members', 'm1', 'all', 1, 1, ${JSON.stringify({ id: "m1", tier: "gold", state: "active" })}::json, 0)`);
    await told(till1, { account: points, unit: "points", amount: "120", id: "p1" });
    expect(await balanceDocument(db, "members", "m1")).toMatchObject({ points: 180, tier: "gold" });
  });
});

describe("a terminal that is lost", () => {
  test("keeps its rights until a person releases them; used after all, they are overdrawn and nobody else's", async () => {
    await pay("5000");
    await ask(till1, "3000");
    await heardOf(till1, 2);
    // Nobody is there who could give it back.
    expect(await ask(till2, "2500")).toMatchObject({ granted: "0", free: "2000", recalling: false });
    const release = () => releaseLease(db, { account: card, terminal: till1, epoch: 1, who: "ann", reason: "till stolen" }, 5_000);
    expect([await release(), await release()]).toEqual(["3000", "0"]);
    expect(await ask(till2, "2500")).toMatchObject({ granted: "2500", free: "2500" });
    await told(till1, { amount: "700", id: "late" });
    expect(await show()).toMatchObject({ balance: "4300", free: "1800", overdrawn: "700" });
    expect((await show()).audit[0]).toMatchObject({
      action: "release",
      who: "ann",
      reason: "till stolen",
      amount: "3000",
      lease: `${till1}:1`,
    });
    await expect(releaseLease(db, { account: card, terminal: "till-9", epoch: 1, who: "ann", reason: "-" }, 1)).rejects.toMatchObject({
      code: "account.unknown",
    });
  });
});
