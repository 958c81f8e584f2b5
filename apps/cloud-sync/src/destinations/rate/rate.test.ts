import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { BackgroundPorts } from "../../subscribers/ports.ts";
import { freshBudget, PAUSE_MAX_MS, settleBudget, type Budget, type Grant, type Report } from "./budget.ts";
import { openPermits, type Permits } from "./permits.ts";
import { rateSchema, type RateRule } from "./rate-rule.ts";

const T0 = 1_000_000;
const wish = (count: number, more: Partial<Report> = {}): Report => ({
  wish: count,
  limited: undefined,
  sentPerSecond: 0,
  remaining: undefined,
  ...more,
});
const limited = (retryAfterMs?: number): Report["limited"] => ({ retryAfterMs });

/** The budget's row, as the database keeps it. */
function row(rule: RateRule | undefined) {
  let budget: Budget = freshBudget(rule, T0);
  return {
    ask: (report: Report, atMs: number): Grant => {
      const settled = settleBudget(budget, rule, report, atMs);
      budget = settled.budget;
      return settled.grant;
    },
    perSecond: () => budget.perSecond,
  };
}

test("property: whoever asks whenever, no stretch of time is granted more than the burst and the rate", () => {
  const asks = fc.array(fc.record({ afterMs: fc.nat(2_000), wish: fc.integer({ min: 1, max: 50 }) }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(asks, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 60 }), (list, perSecond, burst) => {
      const shared = row({ perSecond, burst });
      let nowMs = T0;
      const grants = list.map((ask) => {
        nowMs += ask.afterMs;
        return { atMs: nowMs, granted: shared.ask(wish(ask.wish), nowMs).granted };
      });
      for (let from = 0; from < grants.length; from++) {
        let sum = 0;
        for (let to = from; to < grants.length; to++) {
          sum += grants[to]?.granted ?? 0;
          const seconds = ((grants[to]?.atMs ?? 0) - (grants[from]?.atMs ?? 0)) / 1_000;
          expect(sum).toBeLessThanOrEqual(Math.max(burst, perSecond / 2) + perSecond * seconds + 1e-6);
        }
      }
    }),
  );
});

test("what is saved up is the burst, and a wait is told to the millisecond", () => {
  const shared = row({ perSecond: 2, burst: 2 });
  expect([shared.ask(wish(5), T0), shared.ask(wish(5), T0)].map((grant) => grant.granted)).toEqual([1, 1]);
  expect(shared.ask(wish(5), T0)).toEqual({ granted: 0, free: false, waitMs: 500 });
  expect(shared.ask(wish(1), T0 + 499).granted).toBe(0);
  expect(shared.ask(wish(1), T0 + 500).granted).toBe(1);
});

test("a refusal silences everybody, halves the rate once for one overload, and time gives it back", () => {
  const shared = row({ perSecond: 60 });
  shared.ask(wish(0, { limited: limited(2_000) }), T0);
  shared.ask(wish(0, { limited: limited() }), T0 + 200);
  expect(shared.perSecond()).toBe(30);
  expect(shared.ask(wish(10), T0 + 1_500)).toEqual({ granted: 0, free: false, waitMs: 500 });
  expect(shared.ask(wish(1), T0 + 2_100).granted).toBe(1);
  for (let second = 3; second <= 40; second++) shared.ask(wish(0), T0 + second * 1_000);
  expect(shared.perSecond()).toBe(60);
});

test("refusals push the rate to its floor and no further; a pause asked for is kept to an hour", () => {
  const shared = row({ perSecond: 64 });
  for (let i = 0; i < 20; i++) shared.ask(wish(0, { limited: limited(0) }), T0 + i * 1_100);
  expect(shared.perSecond()).toBeGreaterThanOrEqual(1);
  expect(shared.perSecond()).toBeLessThan(4);
  shared.ask(wish(0, { limited: limited(7 * 86_400_000) }), T0 + 60_000);
  expect(shared.ask(wish(1), T0 + 60_000).waitMs).toBe(PAUSE_MAX_MS);
});

test("without a rule everything goes until the vendor complains; then from what was sent, and it is forgotten again", () => {
  const shared = row(undefined);
  expect(shared.ask(wish(1_000), T0)).toEqual({ granted: 0, free: true, waitMs: 0 });
  shared.ask(wish(0, { limited: limited(500), sentPerSecond: 40 }), T0 + 100);
  expect(shared.perSecond()).toBe(20);
  expect(shared.ask(wish(10), T0 + 2_000)).toMatchObject({ free: false, granted: 10 });
  expect(shared.ask(wish(1), T0 + 60_000)).toMatchObject({ free: true });
});

test("what is left of the vendor's window is spent and then waited for", () => {
  const shared = row(undefined);
  shared.ask(wish(0, { remaining: { requests: 3, resetMs: 5_000 } }), T0);
  expect(shared.ask(wish(10), T0 + 100)).toMatchObject({ granted: 3, free: false });
  expect(shared.ask(wish(10), T0 + 200)).toEqual({ granted: 0, free: false, waitMs: 4_800 });
  expect(shared.ask(wish(10), T0 + 5_000)).toMatchObject({ free: true });
});

test("a rule's bounds", () => {
  expect(rateSchema.safeParse({ perSecond: 0.01 }).success).toBe(true);
  expect(rateSchema.safeParse({ perSecond: 0.001 }).success).toBe(false);
  expect(rateSchema.safeParse({ perSecond: 10_001 }).success).toBe(false);
  expect(rateSchema.safeParse({ perSecond: 1, burst: 0 }).success).toBe(false);
  expect(rateSchema.safeParse({ perSecond: 1, more: 1 }).success).toBe(false);
});

/** A clock that moves when everybody sleeps. */
function virtualPorts(): BackgroundPorts & { run(ms: number): Promise<void> } {
  let nowMs = T0;
  const sleeping = new Set<{ untilMs: number; wake: () => void }>();
  return {
    nowMs: () => nowMs,
    random: () => 0,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const one = { untilMs: nowMs + ms, wake: resolve };
        sleeping.add(one);
        signal?.addEventListener("abort", () => (sleeping.delete(one), resolve()), { once: true });
      }),
    run: async (ms) => {
      for (const end = nowMs + ms; ;) {
        for (let i = 0; i < 20; i++) await Promise.resolve();
        const next = [...sleeping].toSorted((a, b) => a.untilMs - b.untilMs)[0];
        if (next === undefined || next.untilMs > end) {
          nowMs = end;
          return;
        }
        nowMs = next.untilMs;
        sleeping.delete(next);
        next.wake();
      }
    },
  };
}

/** Senders that send as fast as they may. */
function hammer(permits: Permits, senders: number, ports: BackgroundPorts) {
  const sentAt: number[] = [];
  let refused = 0;
  const stop = { stopped: false };
  const one = async (): Promise<void> => {
    while (!stop.stopped) {
      if (await permits.permit(3_000)) sentAt.push(ports.nowMs());
      else refused += 1;
      if (refused > 500) return;
    }
  };
  for (let i = 0; i < senders; i++) void one();
  return { sentAt, refused: () => refused, stop };
}

test("two processes together reach the rate, stay within it, and ask the budget a few times a second", async () => {
  const ports = virtualPorts();
  const shared = row({ perSecond: 50, burst: 10 });
  let asked = 0;
  const ask = (report: Report): Promise<Grant> => {
    asked += 1;
    return Promise.resolve(shared.ask(report, ports.nowMs()));
  };
  const [a, b] = [openPermits(ports, ask), openPermits(ports, ask)];
  const [one, other] = [hammer(a, 8, ports), hammer(b, 8, ports)];
  await ports.run(20_000);
  const all = [...one.sentAt, ...other.sentAt].toSorted((x, y) => x - y);
  expect(all.length).toBeGreaterThan(50 * 20 * 0.8);
  for (const from of all) {
    const within = all.filter((at) => at >= from && at < from + 1_000).length;
    expect(within).toBeLessThanOrEqual(25 + 50 * 1.5 + 1);
  }
  expect(asked / 20).toBeLessThanOrEqual(5);
  one.stop.stopped = other.stop.stopped = true;
  a.close();
  b.close();
});

test("Retry-After of one process stops the other too, and nobody waits for what cannot come in time", async () => {
  const ports = virtualPorts();
  const shared = row(undefined);
  const ask = (report: Report): Promise<Grant> => Promise.resolve(shared.ask(report, ports.nowMs()));
  const [a, b] = [openPermits(ports, ask), openPermits(ports, ask)];
  expect(await Promise.all([a.permit(1_000), b.permit(1_000)])).toEqual([true, true]);
  a.noteRate({ kind: "limited", retryAfterMs: 30_000 });
  await ports.run(2_000);
  const answers = [a.permit(10_000), b.permit(10_000)];
  await ports.run(0);
  expect(await Promise.all(answers)).toEqual([false, false]);
  const patient = b.permit(40_000);
  await ports.run(40_000);
  expect(await patient).toBe(true);
  a.close();
  b.close();
});

test("nothing new is to be begun while the vendor asked for silence, nor while as many wait as can be served in time", async () => {
  const ports = virtualPorts();
  const shared = row({ perSecond: 2, burst: 1 });
  const permits = openPermits(ports, (report) => Promise.resolve(shared.ask(report, ports.nowMs())), 2);
  expect(permits.holdMs()).toBe(0);
  const waiting = Array.from({ length: 11 }, () => permits.permit(60_000));
  expect(permits.holdMs()).toBeGreaterThan(0);
  await ports.run(30_000);
  expect(await Promise.all(waiting)).toEqual(waiting.map(() => true));
  expect(permits.holdMs()).toBe(0);
  permits.noteRate({ kind: "limited", retryAfterMs: 20_000 });
  await ports.run(1_000);
  void permits.permit(60_000);
  await ports.run(1_000);
  expect(permits.holdMs()).toBeGreaterThan(10_000);
  permits.close();
});

test("a budget that cannot be asked grants nothing; close answers who waits", async () => {
  const ports = virtualPorts();
  const permits = openPermits(ports, () => Promise.reject(new Error("gone")));
  const [impatient, patient] = [permits.permit(1_000), permits.permit(1_000_000)];
  await ports.run(2_000);
  expect(await impatient).toBe(false);
  permits.close();
  await ports.run(1_000);
  expect(await patient).toBe(false);
});

test("negative control: processes that do not share a budget exceed the rate together", async () => {
  const ports = virtualPorts();
  const open = () => {
    const own = row({ perSecond: 50, burst: 10 });
    return openPermits(ports, (report) => Promise.resolve(own.ask(report, ports.nowMs())));
  };
  const [a, b] = [open(), open()];
  const [one, other] = [hammer(a, 8, ports), hammer(b, 8, ports)];
  await ports.run(10_000);
  expect(one.sentAt.length + other.sentAt.length).toBeGreaterThan(50 * 10 * 1.3);
  one.stop.stopped = other.stop.stopped = true;
  a.close();
  b.close();
});
