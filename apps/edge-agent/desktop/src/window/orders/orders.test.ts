import type { OwnStepShown } from "@tillsync/edge-agent/window-api";
import {
  documentIdSchema,
  encodeHlc,
  orderStatuses,
  rankOf,
  readDocument,
  tellOrderFact,
  type HandOverOrder,
} from "@tillsync/sync-protocol";
import { describe, expect, test } from "vitest";
import type { LiveDocument } from "../live/live-collections.ts";
import { anOrder } from "../live/testing/an-order.ts";
import { arrangeOrders } from "./arrange-orders.ts";
import { refusalOf } from "./refusal.ts";
import { standHere, stepsByOrder, type OrderHere } from "./stand-here.ts";
import { asksOnceMore, stepsFor } from "./steps-here.ts";
import { formatStoreTime, storeClock } from "./store-time.ts";

const rowOf = (id: string, over: object = {}): LiveDocument<"orders"> => ({
  id,
  version: 1,
  document: readDocument("orders", { ...anOrder(id, over), id, schemaVersion: 1, version: 1, _deleted: false }),
});
const here = (id: string, over: object = {}): OrderHere => standHere(rowOf(id, over));
const step = (orderId: string, status: OwnStepShown["status"], more: Partial<OwnStepShown> = {}): OwnStepShown => ({
  orderId: documentIdSchema.parse(orderId),
  status,
  revision: 1,
  hlc: encodeHlc({ ms: 1_000, counter: 0 }),
  atMs: 1_000,
  knownToCloud: false,
  setAsideCode: null,
  ...more,
});
const ids = (orders: readonly OrderHere[]): string[] => orders.map(({ id }) => id);

describe("the list", () => {
  const orders = [
    here("later", { promisedAt: "2026-12-01T18:00" }),
    here("done", { status: "fulfilled" }),
    here("no-time", { promisedAt: undefined }),
    here("picked", { promisedAt: "2026-12-01T09:00", status: "picked" }),
    here("soon", { promisedAt: "2026-12-01T09:00" }),
    here("twice", { status: "fulfilled", conflict: "handed-over-twice" }),
    here("changed", { status: "picked", conflict: "changed-after-pick", promisedAt: "2026-12-31T09:00" }),
    here("cancelled", { status: "cancelled" }),
  ];

  test("has on top what can still be put right, then what contradicts itself, then by the promised time", () => {
    expect(ids(arrangeOrders(orders, "to-do", ""))).toEqual(["changed", "twice", "picked", "soon", "later", "no-time"]);
    expect(ids(arrangeOrders(orders, "done", ""))).toEqual(["done", "cancelled"]);
    expect(arrangeOrders(orders, "all", "")).toHaveLength(orders.length);
  });

  test("finds by the beginning of code or number, whatever is shown else", () => {
    expect(ids(arrangeOrders(orders, "to-do", "cDONE"))).toEqual(["done"]);
    expect(ids(arrangeOrders(orders, "to-do", " canc "))).toEqual(["cancelled"]);
    expect(arrangeOrders(orders, "all", "one")).toEqual([]);
  });

  test("keeps an order in sight whose step head office has set aside", () => {
    const refused = standHere(rowOf("x", { status: "fulfilled" }), [
      step("x", "fulfilled", { setAsideCode: "order.transition-forbidden" }),
    ]);
    expect(ids(arrangeOrders([refused], "to-do", ""))).toEqual(["x"]);
  });
});

describe("an order as it stands here", () => {
  test("has the steps of this terminal, in whatever order the cloud comes to know of them", () => {
    const told = standHere(rowOf("1", { status: "confirmed" }), [step("1", "picked"), step("1", "fulfilled")], "till-1");
    expect(told).toMatchObject({
      isUntold: true,
      setAsideCode: null,
      order: { status: "fulfilled", handedOverBy: "till-1", pickedRevision: 1 },
    });
    const known = standHere({ ...told.row, document: told.order }, [step("1", "fulfilled", { knownToCloud: true })], "till-1");
    expect(known).toMatchObject({ isUntold: false, order: told.order });
  });

  test("shows that another till was faster", () => {
    const other = tellOrderFact(rowOf("1").document, {
      status: "fulfilled",
      handOver: { terminal: "till-2" as never, at: encodeHlc({ ms: 5, counter: 0 }) },
    });
    expect(standHere({ id: "1", version: 2, document: other }, [step("1", "fulfilled")], "till-1").order.conflict).toBe(
      "handed-over-twice",
    );
  });

  test("takes the steps in the order in which they were taken, each to its order", () => {
    const steps = stepsByOrder({ terminalId: "till-1", steps: [step("2", "picked"), step("1", "fulfilled"), step("1", "picked")] });
    expect(steps.get("1")?.map(({ status }) => status)).toEqual(["picked", "fulfilled"]);
    expect(stepsByOrder(undefined).size).toBe(0);
  });
});

test("no step that is offered leads back, at any status; and those that let goods go are asked once more", () => {
  const offered: Record<string, readonly string[]> = {};
  for (const status of orderStatuses) {
    const { order } = here("1", { status });
    offered[status] = stepsFor(order);
    for (const step of stepsFor(order)) expect(rankOf(step), `${status} to ${step}`).toBeGreaterThan(rankOf(status));
  }
  expect(offered).toEqual({
    created: ["inProduction", "picked", "fulfilled", "cancelled"],
    confirmed: ["inProduction", "picked", "fulfilled", "cancelled"],
    inProduction: ["picked", "fulfilled", "cancelled"],
    picked: ["fulfilled"],
    fulfilled: ["returned"],
    shipped: ["returned"],
    delivered: ["returned"],
    returned: [],
    cancelled: [],
  });
  expect(orderStatuses.filter(asksOnceMore)).toEqual(["fulfilled", "returned", "cancelled"]);
});

describe("why a step was refused", () => {
  const refused = (standing: HandOverOrder | undefined, code?: string) => ({ kind: "refused", standing, code }) as const;
  const standing = (over: object): OrderHere => here("1", over);

  test.each([
    ["picked", { status: "picked" }, { kind: "already", status: "picked" }],
    ["picked", { status: "fulfilled" }, { kind: "further", status: "fulfilled" }],
    ["fulfilled", { status: "cancelled" }, { kind: "forbidden", status: "cancelled" }],
    ["fulfilled", { status: "confirmed", revision: 2 }, { kind: "changed" }],
  ] as const)("%s of an order that stands so: %o", (wanted, over, why) => {
    const now = standing(over);
    expect(refusalOf(wanted, refused(now.order), now)).toEqual(why);
    expect(refusalOf(wanted, refused(now.order, "order.changed"), undefined)).toEqual(why);
  });

  test("off the list, or a code of the agent's own", () => {
    expect(refusalOf("picked", refused(undefined), undefined)).toEqual({ kind: "gone" });
    expect(refusalOf("picked", refused(here("1").order, "store.disk-full"), here("1"))).toEqual({ kind: "code", code: "store.disk-full" });
  });
});

test("times are the store's own", () => {
  expect(storeClock(Date.UTC(2026, 6, 1, 22, 30), "Europe/Berlin")).toBe("2026-07-02T00:30");
  expect(formatStoreTime("de", "2026-12-01T10:30")).toContain("10:30");
  expect(formatStoreTime("en", "no time")).toBe("no time");
});
