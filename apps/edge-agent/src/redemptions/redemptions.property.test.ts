import { toHex, type RedemptionId } from "@tillsync/sync-protocol";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { startEpoch } from "../journal/start-epoch.ts";
import { verifyJournal } from "../journal/verify-journal.ts";
import { answer, openTestTill, wish, type TestTill } from "./testing/open-test-redemptions.ts";

/** Schedules on a real database, with an fsync for each step; `TILLSYNC_REDEMPTION_SCHEDULES` for more. */
const SCHEDULES = Number(process.env["TILLSYNC_REDEMPTION_SCHEDULES"] ?? 25);
const IDS = 8;

const action = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("reserve" as const), id: fc.nat(IDS), amount: fc.integer({ min: 1, max: 400 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("commit" as const), id: fc.nat(IDS) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("cancel" as const), id: fc.nat(IDS) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("grant" as const), more: fc.nat(600), isOld: fc.boolean(), recalled: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("restart" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("acknowledge" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("line" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("epoch" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("clock" as const), by: fc.integer({ min: -1e11, max: 1e11 }) }) },
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

interface Cloud {
  /** What was granted to each life, ever. */
  readonly granted: Map<number, number>;
  isUp: boolean;
}

/** Runs a schedule on a till; `weaken` breaks the mechanism now and then. What is wrong at the end of any step, or undefined. */
async function run(actions: readonly Action[], weaken?: (till: TestTill) => void): Promise<string | undefined> {
  const till = openTestTill();
  const cloud: Cloud = { granted: new Map(), isUp: false };
  const raise = (epoch: number, to: number): number => {
    const now = Math.max(cloud.granted.get(epoch) ?? 0, to);
    cloud.granted.set(epoch, now);
    return now;
  };
  till.cloud = (ask) => (cloud.isUp ? answer(ask, String(raise(ask.epoch, Number(ask.granted)))) : "offline");
  try {
    for (const one of actions) {
      await perform(till, cloud, raise, one);
      weaken?.(till);
      const wrong = wrongIn(till, cloud);
      if (wrong !== undefined) return wrong;
    }
    return verifyJournal(till.folder.store).ok ? undefined : "the journal is broken";
  } finally {
    till.folder.remove();
  }
}

async function perform(till: TestTill, cloud: Cloud, raise: (epoch: number, to: number) => number, one: Action): Promise<void> {
  const { store } = till.folder;
  const { epoch } = store.end;
  if (one.do === "reserve") await till.redemptions.reserve(wish(`r${one.id}`, one.amount)).catch(expectCoded);
  else if (one.do === "cancel") till.redemptions.cancel(`r${one.id}`);
  else if (one.do === "restart") till.restart();
  else if (one.do === "acknowledge") till.acknowledge();
  else if (one.do === "line") cloud.isUp = !cloud.isUp;
  else if (one.do === "clock") till.folder.wallMs += one.by;
  else if (one.do === "grant") {
    const before = cloud.granted.get(epoch) ?? 0;
    const now = raise(epoch, before + one.more);
    till.grant(one.isOld ? before : now, { recalled: one.recalled });
  } else if (one.do === "epoch") {
    const { end } = store;
    const previous = { epoch: end.epoch, seq: end.seq, hash: toHex(end.hash) };
    startEpoch(store, { reason: "copied", previous, afterEpoch: end.epoch, carryOver: false });
  } else if (one.do === "commit") {
    try {
      till.redemptions.commit({ redemptionId: `r${one.id}` as RedemptionId });
    } catch (error) {
      expectCoded(error);
    }
  }
}

/** Another amount under a known id, an unknown id, a life that ended: refused with a code, and nothing else. */
function expectCoded(error: unknown): void {
  expect(String((error as { code?: string }).code)).toMatch(/^quota\./);
}

/** The journal alone says what was used and given back: never more than was granted to the life that used it. */
function wrongIn(till: TestTill, cloud: Cloud): string | undefined {
  const used = new Map<number, number>();
  const seen = new Set<string>();
  for (const { kind, amount, epoch, redemptionId } of till.entries()) {
    if (seen.has(`${epoch} ${redemptionId}`)) return `${redemptionId} stands twice`;
    seen.add(`${epoch} ${redemptionId}`);
    if (kind === "redeemed" || kind === "returned") used.set(epoch, (used.get(epoch) ?? 0) + Number(amount));
  }
  const { epoch } = till.folder.store.end;
  const reserved = till.redemptions
    .open()
    .filter(({ isStale }) => !isStale)
    .reduce((sum, { amount }) => sum + Number(amount), 0);
  used.set(epoch, (used.get(epoch) ?? 0) + reserved);
  for (const [life, sum] of used)
    if (sum > (cloud.granted.get(life) ?? 0)) return `life ${life} used ${sum} of ${cloud.granted.get(life) ?? 0}`;
  return undefined;
}

const schedules = fc.array(action, { minLength: 10, maxLength: 60 });

test(`a till's own database never uses more than it was granted, in ${SCHEDULES} schedules`, { timeout: 120_000 }, async () => {
  const result = await fc.check(
    fc.asyncProperty(schedules, async (actions) => {
      expect(await run(actions)).toBeUndefined();
    }),
    { numRuns: SCHEDULES },
  );
  expect(result.failed, `${String(result.errorInstance)} ${fc.defaultReportMessage(result) ?? ""}`).toBe(false);
  console.info(`seed ${result.seed}: ${result.numRuns} schedules`);
});

test.each<[string, (till: TestTill) => void]>([
  ["a count of grants that drifts", ({ folder }) => folder.store.db.exec("UPDATE quota_lease SET granted = granted + 100")],
  ["use that is not counted", ({ folder }) => folder.store.db.exec("UPDATE quota_lease SET used = 0")],
])("%s is noticed", { timeout: 120_000 }, async (_what, weaken) => {
  const result = await fc.check(
    fc.asyncProperty(schedules, async (actions) => {
      expect(await run(actions, weaken)).toBeUndefined();
    }),
    { numRuns: 200, seed: 1, endOnFailure: true },
  );
  expect(result.failed).toBe(true);
});
