import { moveOrder, type HandOverOrder, type OrderStatus } from "@tillsync/sync-protocol";

/** Steps that staff take. The order's own system says the first ones, carriers the last ones. */
const STAFF_STEPS = ["inProduction", "picked", "fulfilled", "returned", "cancelled"] as const satisfies readonly OrderStatus[];
export type StaffStep = (typeof STAFF_STEPS)[number];

/**
 * Steps that this order may take now, by the same table as at the agent and in the cloud; what it stands at or behind is none
 * of them, but for goods that were compared and put right after the order had changed.
 */
export const stepsFor = (order: HandOverOrder): readonly StaffStep[] =>
  STAFF_STEPS.filter((status) => isPickedAnew(order, status) || moveOrder(order.status, { status, tellsMore: false }).kind === "applied");

/** The step tells that the goods are those of the order as it is now. */
export const isPickedAnew = (order: HandOverOrder, status: OrderStatus): boolean =>
  status === "picked" && order.status === "picked" && order.conflict === "changed-after-pick";

const ASKED_ONCE_MORE: ReadonlySet<OrderStatus> = new Set<OrderStatus>(["fulfilled", "returned", "cancelled"]);

/** Goods or money leave or come back with it, and nothing takes it back. */
export const asksOnceMore = (status: OrderStatus): boolean => ASKED_ONCE_MORE.has(status);

/** What a person most likely came for. */
export const isMain = (order: HandOverOrder, status: StaffStep): boolean =>
  status === (order.status === "picked" && order.conflict === undefined ? "fulfilled" : "picked");
