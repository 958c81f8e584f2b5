import { orderStatuses, seq, terminalId, type Epoch, type OrderStatus } from "@tillsync/sync-protocol";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isWanted } from "../destinations/include.ts";
import { decidePage } from "../transactions/decide-page.ts";
import { interpretEntry } from "../transactions/interpret-entry.ts";
import type { Known, ReadEntry } from "../transactions/page.ts";
import { lineOf } from "../transactions/testing/make-transaction.ts";
import { stepDraft, type StepWish } from "./testing/make-step.ts";

/** Records of one order: some sequences repeat, so that later records revise or repeat earlier ones. */
const told = fc.array(
  fc.record({
    status: fc.constantFrom(...orderStatuses),
    sequence: fc.integer({ min: 1, max: 12 }).map(String),
    tracking: fc.option(fc.constantFrom("T-1", "T-2"), { nil: undefined }),
  }),
  { minLength: 1, maxLength: 25 },
);

const nothingKnown: Known = {
  lastTpos: 0,
  terminals: new Map([["till-1", { storeId: "store-1", posStores: null }]]),
  receipts: new Map(),
  waiting: [],
  orders: new Map(),
};

function read(wishes: readonly { status: OrderStatus; sequence: string; tracking: string | undefined }[]): ReadEntry[] {
  const revisions = new Map<string, number>();
  return wishes.map(({ tracking, ...wish }, at) => {
    const revision = (revisions.get(wish.sequence) ?? 0) + 1;
    revisions.set(wish.sequence, revision);
    const step: StepWish = { ...wish, revision, ...(tracking === undefined ? {} : { tracking }) };
    const entry = {
      shard: "main",
      pos: at + 1,
      terminal: terminalId("till-1"),
      epoch: 1 as Epoch,
      seq: seq(at + 1),
      line: lineOf(at + 1, stepDraft(step)),
      receivedAtMs: 1,
    };
    return { entry, meaning: interpretEntry(entry) };
  });
}

const statusOf = (entry: ReadEntry): OrderStatus => {
  if (entry.meaning.kind !== "transaction") throw new Error("a step is readable");
  return entry.meaning.projection.steps[0]?.status ?? "created";
};
/** What a receiver that simply takes over every status would go through. */
const goesBack = (statuses: readonly OrderStatus[]): boolean =>
  statuses.some((status, at) => at > 0 && orderStatuses.indexOf(status) < orderStatuses.indexOf(statuses[at - 1] ?? "created"));

test("no destination is ever told a step that turns an order back, whatever is told and revised in whatever order", () => {
  fc.assert(
    fc.property(told, (wishes) => {
      const page = read(wishes);
      const { inserts } = decidePage(page, nothingKnown);
      const sent = inserts.filter((row) => isWanted(["order-status"], row.category ?? null, row.previousCategory ?? null));
      expect(goesBack(sent.map((row) => row.steps[0]?.status ?? "created"))).toBe(false);
    }),
  );
});

test("the check above notices: steps as they are told do turn back", () => {
  expect(fc.check(fc.property(told, (wishes) => !goesBack(read(wishes).map(statusOf)))).failed).toBe(true);
});

test("every record is settled: taken up, repeated, or set aside with a reason", () => {
  fc.assert(
    fc.property(told, (wishes) => {
      const page = read(wishes);
      const { inserts, duplicates, setAside } = decidePage(page, nothingKnown);
      expect(inserts.length + duplicates.length + setAside.length).toBe(page.length);
      for (const row of setAside) expect(row.code).toBe("order.transition-forbidden");
    }),
  );
});
