import { quotaPolicySchema, toHex, type BusinessDay, type RedemptionId } from "@tillsync/sync-protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startEpoch } from "../journal/start-epoch.ts";
import { verifyJournal } from "../journal/verify-journal.ts";
import { quotaStatus } from "./open-reservations.ts";
import { pruneRedemptions } from "./prune-redemptions.ts";
import { answer, CARD, openTestTill, wish, type TestTill } from "./testing/open-test-redemptions.ts";

let till: TestTill;
beforeEach(() => {
  till = openTestTill();
});
afterEach(() => till.folder.remove());

const commit = (id: string) => till.redemptions.commit({ redemptionId: id as RedemptionId });
const available = (): string => till.redemptions.view(CARD).available;
const moveOn = (): void => {
  const { end } = till.folder.store;
  const previous = { epoch: end.epoch, seq: end.seq, hash: toHex(end.hash) };
  startEpoch(till.folder.store, { reason: "copied", previous, afterEpoch: end.epoch, carryOver: false });
};

describe("a reservation", () => {
  it("takes from the lease, and nobody has it twice", async () => {
    till.grant(2_500);
    expect(await till.redemptions.reserve(wish("a", 2_000))).toMatchObject({ kind: "reserved", policy: "leased", atRisk: "0" });
    expect(available()).toBe("500");
    expect(await till.redemptions.reserve(wish("b", 501))).toMatchObject({
      kind: "declined",
      reason: "short",
      available: "500",
      cloud: "offline",
    });
    expect(await till.redemptions.reserve(wish("b", 500))).toMatchObject({ kind: "reserved" });
    expect([commit("a").kind, commit("b").kind, available()]).toEqual(["committed", "committed", "0"]);
    expect(till.entries()).toMatchObject([
      { kind: "redeemed", amount: "2000", policy: "leased", epoch: 1, redemptionId: "a" },
      { kind: "redeemed", amount: "500" },
    ]);
    expect(verifyJournal(till.folder.store).ok).toBe(true);
  });

  it("of two that come at once only one gets the last of the lease", async () => {
    till.grant(1_000);
    const outcomes = await Promise.all([till.redemptions.reserve(wish("a", 600)), till.redemptions.reserve(wish("b", 600))]);
    expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(["declined", "reserved"]);
  });

  it("survives a crash, and each of its calls may be repeated", async () => {
    till.grant(1_000);
    await till.redemptions.reserve(wish("a", 400));
    till.restart();
    expect(till.redemptions.open()).toMatchObject([{ redemptionId: "a", amount: "400", isStale: false }]);
    expect(await till.redemptions.reserve(wish("a", 400))).toMatchObject({ kind: "reserved" });
    for (const _ of [1, 2]) expect(commit("a")).toMatchObject({ kind: "committed", amount: "400" });
    till.restart();
    expect(commit("a")).toMatchObject({ kind: "committed" });
    expect(await till.redemptions.reserve(wish("a", 400))).toMatchObject({ kind: "committed" });
    expect(till.redemptions.cancel("a")).toMatchObject({ kind: "committed" });
    expect([till.entries().length, available()]).toEqual([1, "600"]);
  });

  it("that is cancelled holds nothing, also one that comes after its cancellation", async () => {
    till.grant(1_000);
    await till.redemptions.reserve(wish("a", 400));
    expect(till.redemptions.cancel("a").kind).toBe("cancelled");
    expect(till.redemptions.cancel("late").kind).toBe("cancelled");
    expect(await till.redemptions.reserve(wish("late", 400))).toEqual({ kind: "cancelled", redemptionId: "late" });
    expect([commit("a").kind, commit("late").kind, available(), till.entries().length]).toEqual(["cancelled", "cancelled", "1000", 0]);
  });

  it("under a known id with other content is refused", async () => {
    till.grant(1_000);
    await till.redemptions.reserve(wish("a", 400));
    await expect(till.redemptions.reserve(wish("a", 401))).rejects.toMatchObject({ code: "quota.redemption-differs" });
    await expect(till.redemptions.reserve(wish("b", 1, { unit: "USD" }))).rejects.toMatchObject({ code: "quota.unit-wrong" });
    expect(() => commit("none")).toThrow(expect.objectContaining({ code: "quota.redemption-unknown" }));
  });

  it("of a blocked card is declined, whatever the lease", async () => {
    till.grant(1_000);
    till.standing = "blocked";
    expect(await till.redemptions.reserve(wish("a", 1))).toMatchObject({ kind: "declined", reason: "blocked", cloud: "not-asked" });
    expect(till.asked).toEqual([]);
  });
});

describe("grants", () => {
  it("count once, the largest, in any order", async () => {
    till.grant(900, { version: 2 });
    till.grant(400, { version: 1 });
    till.grant(900, { version: 2 });
    expect(available()).toBe("900");
  });

  it("are for one life of one terminal", async () => {
    till.grant(1_000);
    till.grant(5_000, { epoch: 2 });
    await till.redemptions.reserve(wish("a", 300));
    moveOn();
    expect(available()).toBe("0");
    expect(() => commit("a")).toThrow(expect.objectContaining({ code: "quota.epoch-ended" }));
    expect(commit("a")).toEqual({ kind: "cancelled", redemptionId: "a" });
    // Another copy of the same backup may have been granted these.
    till.grant(700);
    expect(await till.redemptions.reserve(wish("b", 100))).toMatchObject({ kind: "declined", cloud: "refused" });
    till.acknowledge();
    expect(available()).toBe("5000");
    expect(till.entries()).toEqual([]);
  });

  it("that the cloud has forgotten are told to it", () => {
    till.grant(1_000, { version: 5 });
    till.grant(200, { version: 6 });
    expect(till.asked).toMatchObject([{ granted: "1000", seen: "1000" }]);
    expect(available()).toBe("1000");
  });

  it("that are recalled go back as far as nobody has reserved them, and the rest when it is free", async () => {
    till.grant(1_000);
    await till.redemptions.reserve(wish("a", 300));
    till.grant(1_000, { recalled: true });
    till.grant(1_000, { recalled: true });
    expect([available(), till.entries().map(({ kind, amount }) => `${kind} ${amount}`)]).toEqual(["0", ["returned 700"]]);
    till.redemptions.cancel("a");
    expect(till.entries().map(({ kind, amount }) => `${kind} ${amount}`)).toEqual(["returned 700", "returned 300"]);
    till.grant(1_400);
    expect(available()).toBe("400");
    expect(verifyJournal(till.folder.store).ok).toBe(true);
  });
});

describe("when the lease is too small", () => {
  it("the cloud is asked for what is missing, in all that was ever granted", async () => {
    till.grant(1_000);
    await till.redemptions.reserve(wish("a", 900));
    till.cloud = (ask) => answer(ask, ask.granted);
    expect(await till.redemptions.reserve(wish("b", 600))).toMatchObject({ kind: "reserved", policy: "asked" });
    expect(till.asked).toMatchObject([{ granted: "1500", seen: "1000" }]);
    commit("b");
    expect(till.entries()).toMatchObject([{ amount: "600", policy: "asked" }]);
  });

  it("an answer for another life, or another account, is none", async () => {
    till.cloud = (ask) => ({ ...answer(ask, ask.granted), epoch: 7 as never });
    expect(await till.redemptions.reserve(wish("a", 100))).toMatchObject({ kind: "declined", cloud: "refused" });
  });

  it("it is declined without asking where the shop wants that", async () => {
    till.policy = quotaPolicySchema.parse({ ask: false });
    expect(await till.redemptions.reserve(wish("a", 100))).toMatchObject({ kind: "declined", cloud: "not-asked" });
  });

  it("the shop may take the risk, within its limits, and it is recorded", async () => {
    const place = { businessDay: "2026-11-20" as BusinessDay };
    till.policy = quotaPolicySchema.parse({ allow: { EUR: { perRedemption: "500", perDay: "800" } } });
    till.grant(1_000);
    expect(await till.redemptions.reserve(wish("a", 1_501, { place }))).toMatchObject({ kind: "declined" });
    expect(await till.redemptions.reserve(wish("a", 1_500, { place }))).toMatchObject({
      kind: "reserved",
      policy: "atRisk",
      atRisk: "500",
    });
    expect(await till.redemptions.reserve(wish("b", 301, { place }))).toMatchObject({ kind: "declined" });
    expect(await till.redemptions.reserve(wish("b", 300, { place }))).toMatchObject({ kind: "reserved", atRisk: "300" });
    expect(await till.redemptions.reserve(wish("c", 1, { place }))).toMatchObject({ kind: "declined" });
    expect(
      await till.redemptions.reserve(wish("c", 1, { unit: "EUR", place: { businessDay: "2026-11-21" as BusinessDay } })),
    ).toMatchObject({ atRisk: "1" });
    till.redemptions.cancel("b");
    expect(await till.redemptions.reserve(wish("d", 300, { place }))).toMatchObject({ kind: "reserved" });
    commit("a");
    expect(till.entries()).toMatchObject([{ amount: "1500", policy: "atRisk", atRisk: "500" }]);
    expect(till.folder.store.db.prepare("SELECT used FROM quota_lease").get()).toEqual({ used: 1_000 });
  });
});

describe("refunds and top-ups", () => {
  it("are booked once and are not for this till to spend", async () => {
    till.grant(1_000);
    await till.redemptions.reserve(wish("a", 400));
    commit("a");
    const of = "a" as RedemptionId;
    for (const _ of [1, 2]) expect(till.redemptions.refund({ ...wish("f", 300), of })).toMatchObject({ kind: "committed", amount: "300" });
    expect(() => till.redemptions.refund({ ...wish("g", 101), of })).toThrow(expect.objectContaining({ code: "quota.refund-too-large" }));
    expect(till.redemptions.refund({ ...wish("g", 100), of })).toMatchObject({ kind: "committed" });
    till.redemptions.topUp(wish("t", 5_000));
    expect(() => till.redemptions.topUp(wish("t", 1))).toThrow(expect.objectContaining({ code: "quota.redemption-differs" }));
    expect(till.entries().map(({ kind, amount }) => `${kind} ${amount}`)).toEqual([
      "redeemed 400",
      "refunded 300",
      "refunded 100",
      "toppedUp 5000",
    ]);
    expect(available()).toBe("600");
  });

  it("need a reservation that was used up, and a terminal that is enrolled", async () => {
    till.grant(1_000);
    await till.redemptions.reserve(wish("a", 400));
    expect(() => till.redemptions.refund({ ...wish("f", 1), of: "a" as RedemptionId })).toThrow(
      expect.objectContaining({ code: "quota.refund-too-large" }),
    );
    till.isEnrolled = false;
    expect(() => till.redemptions.topUp(wish("t", 1))).toThrow(expect.objectContaining({ code: "quota.not-enrolled" }));
    await expect(till.redemptions.reserve(wish("b", 1))).rejects.toMatchObject({ code: "quota.not-enrolled" });
    expect(till.entries()).toEqual([]);
  });
});

it("a full disk is no yes: nothing is written, and the same commit goes through later", async () => {
  till.grant(1_000);
  await till.redemptions.reserve(wish("a", 400));
  const { db } = till.folder.store;
  const pages = db.pragma("page_count", { simple: true }) as number;
  db.pragma(`max_page_count = ${pages}`);
  let failed = 0;
  for (let n = 0; n < 200 && failed === 0; n += 1) {
    try {
      till.redemptions.topUp(wish(`t${n}`, 1, { saleRef: "x".repeat(100) }));
    } catch (error) {
      expect(error).toMatchObject({ code: "store.disk-full" });
      failed += 1;
    }
  }
  expect(failed).toBe(1);
  const before = till.entries().length;
  expect(() => commit("a")).toThrow(expect.objectContaining({ code: "store.disk-full" }));
  expect([till.entries().length, available(), till.redemptions.open().length]).toEqual([before, "600", 1]);
  db.pragma("max_page_count = 1073741823");
  expect(commit("a")).toMatchObject({ kind: "committed" });
  expect(verifyJournal(till.folder.store).ok).toBe(true);
});

it("what was settled long ago is forgotten; what is open never", async () => {
  till.grant(1_000);
  for (const id of ["a", "b"]) await till.redemptions.reserve(wish(id, 100));
  commit("a");
  expect(quotaStatus(till.folder.store)).toMatchObject({ leases: 1, reserved: 1 });
  till.folder.wallMs += 801 * 86_400_000;
  expect(pruneRedemptions(till.folder.store, 800)).toBe(1);
  expect(till.redemptions.open()).toMatchObject([{ redemptionId: "b" }]);
  expect(available()).toBe("800");
});
