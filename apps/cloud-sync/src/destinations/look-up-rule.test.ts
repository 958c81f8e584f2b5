import * as fc from "fast-check";
import { transactionSchema } from "@tillsync/sync-protocol";
import { describe, expect, test } from "vitest";
import type { Repeatability } from "../connectors/connector.ts";
import { makeSale } from "../transactions/testing/make-transaction.ts";
import { createArrivals } from "./arrivals.ts";
import { causesOf } from "./causes.ts";
import { retrySchema } from "./destination-file.ts";
import { isRepeatHarmless, mustLookUp, type SendHistory } from "./look-up-rule.ts";
import { nextStep, noFailures, type FailedResult, type RuleContext } from "./retry-rule.ts";
import { keyOf, receiptRef } from "./testing/sell.ts";

const DAY = 86_400_000;
const NOW = 100 * DAY;
const fresh: SendHistory = {
  uncertain: false,
  firstAtMs: undefined,
  receivedAtMs: NOW - 1_000,
  endedAtMs: undefined,
  replay: false,
  nowMs: NOW,
};
const need = (by: Repeatability, over: Partial<SendHistory> = {}) => mustLookUp(by, { ...fresh, ...over });
const windowed: Repeatability = { by: "native-key", windowMs: DAY };

describe("whether to ask before sending", () => {
  test.each<[Repeatability, Partial<SendHistory>, string]>([
    [{ by: "lookup-first" }, {}, "must"],
    [{ by: "lookup-first" }, { uncertain: true }, "must"],
    [{ by: "upsert", field: "id" }, {}, "no"],
    [{ by: "upsert", field: "id" }, { uncertain: true }, "better"],
    [{ by: "set-absolute" }, { uncertain: true }, "better"],
    [{ by: "unique-reject", field: "reference" }, { uncertain: true }, "better"],
    [{ by: "unique-reject", field: "reference" }, { replay: true }, "better"],
    [{ by: "native-key" }, {}, "no"],
    [{ by: "native-key" }, { receivedAtMs: 0 }, "no"],
    [{ by: "native-key" }, { uncertain: true }, "better"],
    [windowed, {}, "no"],
    [windowed, { uncertain: true }, "better"],
    [windowed, { replay: true }, "must"],
    [windowed, { receivedAtMs: NOW - DAY * 0.89 }, "no"],
    [windowed, { receivedAtMs: NOW - DAY * 0.9 }, "must"],
    [windowed, { receivedAtMs: NOW + 1 }, "must"],
    [windowed, { firstAtMs: NOW - DAY }, "must"],
    [windowed, { endedAtMs: NOW - 2 * DAY }, "must"],
    [windowed, { endedAtMs: NOW + 60_000 }, "must"],
    [windowed, { endedAtMs: Number.NaN }, "must"],
    [windowed, { endedAtMs: NOW - 2_000 }, "no"],
  ])("%o with %o: %s", (by, over, expected) => expect(need(by, over)).toBe(expected));

  test("property: past a window nothing is ever sent unasked, and what is unanswered is never sent unasked where asking is worth it", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 * DAY }),
        fc.integer({ min: -DAY, max: 20 * DAY }),
        fc.boolean(),
        (windowMs, ageMs, uncertain) => {
          const asked = need({ by: "native-key", windowMs }, { receivedAtMs: NOW - ageMs, uncertain });
          if (ageMs < 0 || ageMs >= windowMs) expect(asked).toBe("must");
          if (uncertain) expect(asked).not.toBe("no");
        },
      ),
    );
  });

  test("a repeat is harmless where the receiver itself tells repeats, for ever", () => {
    expect([{ by: "native-key" }, { by: "set-absolute" }].map((by) => isRepeatHarmless(by as Repeatability))).toEqual([true, true]);
    expect([{ by: "lookup-first" }, windowed].map((by) => isRepeatHarmless(by as Repeatability))).toEqual([false, false]);
  });
});

const rule = retrySchema.parse({});
const context: RuleContext = {
  rule,
  causes: { waitMs: 10_000, overdue: "park" },
  repeatability: { by: "lookup-first" },
  canLookUp: true,
  source: "send",
  probe: false,
  nowMs: NOW,
  random: 0.5,
};
const missing: FailedResult = { kind: "cause-missing", cause: "member:m", detail: "unknown" };
const uncertainResult: FailedResult = { kind: "uncertain", detail: "cut" };
const theirs: FailedResult = { kind: "theirs", detail: "status 503" };

describe("what becomes of an item", () => {
  test("once unanswered it stays uncertain, whatever fails next, until a look-up has settled it", () => {
    const first = nextStep(uncertainResult, noFailures(NOW), context);
    expect(first).toMatchObject({ state: "uncertain", uncertainAtMs: NOW, code: "delivery.uncertain", nextAtMs: NOW + 500 });
    const before = { ...noFailures(NOW), attempts: 1, uncertainAtMs: NOW };
    expect(nextStep(theirs, before, context)).toMatchObject({ state: "uncertain", uncertainAtMs: NOW, code: "delivery.theirs" });
    const asked = { ...context, source: "look-up" as const, nowMs: NOW + 9 };
    expect(nextStep(uncertainResult, before, asked)).toMatchObject({ state: "uncertain", uncertainAtMs: NOW, code: "delivery.look-up" });
    expect(nextStep(theirs, noFailures(NOW), asked)).toMatchObject({
      state: "retrying",
      uncertainAtMs: undefined,
      code: "delivery.look-up",
    });
    expect(nextStep({ kind: "rejected", detail: "no" }, before, context)).toMatchObject({ state: "parked", uncertainAtMs: NOW });
  });

  test("an answer that is too early to be believed costs no attempt, and is asked for again when it can be", () => {
    const before = { ...noFailures(NOW), attempts: 29, uncertainAtMs: NOW - 5 };
    expect(nextStep(uncertainResult, before, { ...context, source: "settling", random: 0 })).toMatchObject({
      state: "uncertain",
      attempts: 29,
      nextAtMs: NOW - 5 + rule.settleMs,
    });
  });

  test("waiting for a cause grows, never exhausts, ends at its deadline, and is forgotten when something else fails", () => {
    const waited = { ...noFailures(NOW - 9_000), attempts: 400, deadlineAtMs: NOW + 1_000, waited: true };
    expect(nextStep(missing, waited, context)).toMatchObject({
      state: "held",
      attempts: 401,
      cause: "member:m",
      deadlineAtMs: NOW + 1_000,
      nextAtMs: NOW + 1_000,
    });
    expect(nextStep(missing, noFailures(NOW), context)).toMatchObject({ deadlineAtMs: NOW + 10_000, nextAtMs: NOW + 500 });
    expect(nextStep(missing, waited, { ...context, nowMs: NOW + 1_000 })).toMatchObject({
      state: "parked",
      code: "delivery.cause-overdue",
      cause: "member:m",
      nextAtMs: undefined,
    });
    expect(nextStep(theirs, waited, context)).toMatchObject({ state: "retrying", attempts: 1 });
  });

  test("names of missing codes stay readable, however many there are", () => {
    const codes = Array.from({ length: 60 }, (_, i) => ({ table: "items", code: String(i) }));
    const step = nextStep({ kind: "mapping-missing", missing: codes }, noFailures(NOW), context);
    expect(step).toMatchObject({
      state: "held",
      code: "delivery.mapping-missing",
      detail: expect.stringMatching(/items: 49, and 10 more$/),
    });
    const fifty = nextStep({ kind: "mapping-missing", missing: codes.slice(0, 50) }, noFailures(NOW), context);
    expect(fifty.detail).toMatch(/items: 49$/);
  });
});

test("a receipt is about the one it voids and all that it takes goods back from, as far as they are named fully", () => {
  const line = (returnOf: object | undefined, n: number) => ({
    line: n,
    action: returnOf === undefined ? "sale" : "return",
    itemType: "stock",
    itemId: "apple",
    quantity: { value: "-1", uom: "EA" },
    extendedAmount: "-100",
    ...(returnOf === undefined ? {} : { returnOf }),
  });
  const parse = (extra: object) => transactionSchema.parse(makeSale({ sequence: "x" }, extra));
  const exchange = parse({
    lines: [
      line(receiptRef("a"), 1),
      line(receiptRef("b"), 2),
      line(receiptRef("a"), 3),
      line({ receiptNumber: "7" }, 4),
      line(undefined, 5),
    ],
  });
  expect(causesOf(exchange)).toEqual([keyOf("a"), keyOf("b")]);
  expect(causesOf(parse({ status: "postVoided", voids: receiptRef("v") }))).toEqual([keyOf("v")]);
  expect(causesOf(parse({ lines: [line(receiptRef("x"), 1)] }))).toEqual([]);
  expect(causesOf(parse({}))).toEqual([]);
});

test("what arrived lately is known by its latest revision, and only so much of it", () => {
  const arrivals = createArrivals(2);
  arrivals.note({ naturalKey: "a", revision: 2 }, "v2");
  arrivals.note({ naturalKey: "a", revision: 1 }, "v1");
  expect([arrivals.vendorIdOf("a"), arrivals.has("a"), arrivals.has("b")]).toEqual(["v2", true, false]);
  arrivals.note({ naturalKey: "a", revision: 3 }, undefined);
  expect(arrivals.vendorIdOf("a")).toBe("v2");
  arrivals.note({ naturalKey: "b", revision: 1 }, undefined);
  arrivals.note({ naturalKey: "c", revision: 1 }, undefined);
  expect(["a", "b", "c"].map((key) => arrivals.has(key))).toEqual([false, true, true]);
});
