import { compareDecimals, moveOrder, sumDecimals, type Decimal, type ErrorCode, type HandOverOrder } from "@tillsync/sync-protocol";
import type { OwnStep } from "./own-steps.ts";
import type { StepRequest } from "./step-request.ts";

export type StepVerdict = { readonly may: true } | { readonly may: false; readonly code: ErrorCode; readonly reason: string };

const may: StepVerdict = { may: true };
const refuse = (reason: string, code: ErrorCode = "order.step-refused"): StepVerdict => ({ may: false, code, reason });

/**
 * Whether a step may be taken here, by what this till knows: the table of `orders/order-lifecycle.ts`, the goods of the
 * order, and what staff had before them. Stricter than what the cloud makes of steps that were taken: goods that have been
 * handed over already, here or by another till, are not handed over again by a step that looks like the first.
 */
export function judgeStep(order: HandOverOrder, steps: readonly OwnStep[], request: StepRequest): StepVerdict {
  const { status, lines, revision } = request;
  if (revision !== undefined && revision !== order.revision) return refuse(`the order is at revision ${order.revision}`, "order.changed");
  if (status === "fulfilled" && order.conflict === "changed-after-pick" && revision === undefined)
    return refuse(`picked from revision ${order.pickedRevision ?? 0}, the order is at revision ${order.revision}`, "order.changed");
  const move = moveOrder(order.status, { status, tellsMore: lines !== undefined });
  switch (move.kind) {
    case "stale":
      return refuse(`the order stands at ${order.status} already`);
    case "repeated":
      if (isPickedAnew(order, request)) return may;
      return refuse(
        `the order stands at ${order.status} already${order.handedOverBy === undefined ? "" : `; handed over by ${order.handedOverBy}`}`,
      );
    case "forbidden":
      return refuse(move.reason);
    case "applied":
      return lines === undefined ? may : judgeGoods(order, steps, { ...request, lines });
  }
}

/** The goods of an order that was changed after its picking were compared and put right: told as `picked` once more, of the whole order. */
const isPickedAnew = (order: HandOverOrder, { status, lines }: StepRequest): boolean =>
  status === "picked" && lines === undefined && order.conflict === "changed-after-pick";

/** Goods of the step must be goods of the order, and with those of this till's earlier steps to the same status not more than it has. */
function judgeGoods(
  order: HandOverOrder,
  steps: readonly OwnStep[],
  request: StepRequest & { lines: NonNullable<StepRequest["lines"]> },
): StepVerdict {
  const earlier = steps.filter(({ status }) => status === request.status);
  if (earlier.some(({ lines }) => lines === undefined)) return refuse(`the whole order was told as ${request.status} here`);
  const told = [...earlier.flatMap(({ lines }) => lines ?? []), ...request.lines];
  for (const { itemId } of request.lines) {
    const ordered = total(order.lines, itemId);
    if (ordered === undefined) return refuse("goods that the order does not have");
    if (compareDecimals(total(told, itemId) ?? ordered, ordered) > 0)
      return refuse(`more goods than the order has, or than are left of it`);
  }
  return request.lines.some(({ quantity }) => compareDecimals(quantity.value, "0" as Decimal) <= 0)
    ? refuse("a quantity is not above zero")
    : may;
}

interface Goods {
  readonly itemId: string;
  readonly quantity: { readonly value: Decimal };
}

function total(lines: readonly Goods[], itemId: string): Decimal | undefined {
  const found = lines.filter((line) => line.itemId === itemId);
  return found.length === 0 ? undefined : sumDecimals(found.map(({ quantity }) => quantity.value));
}
