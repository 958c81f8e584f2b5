import type { LookUpResult, SendResult } from "../connector.ts";
import { ROUNDS_MAX } from "./bring-document.ts";
import { chooseLines, isCancelledUnder } from "./give-back.ts";
import { addFulfillment, cancelLines, findByCode, isRefusal, moveFulfillment, type StepOrder } from "./operations.ts";
import { again, dataOf, done, ended, rejected, tell, type Outcome } from "./outcome.ts";
import type { StepPlan } from "./plan-step.ts";
import type { Vendure } from "./vendure-line.ts";

/** Vendure's fulfilment states, in their order; none is ever gone back to. */
const LEVELS = ["Pending", "Shipped", "Delivered"];
const LEVEL_OF = { prepare: 0, ship: 1, "hand-over": 2 } as const;
/** Goods may move: the order is paid, or paid for sure. */
const MAY_MOVE = new Set(["PaymentAuthorized", "PaymentSettled", "PartiallyShipped", "Shipped", "PartiallyDelivered", "Delivered"]);

/**
 * Brings an order that Vendure has to where a store says that it is. Goods move once for a step: a fulfilment that was made
 * for it bears its reference, what is further on already stays there. Money is no part of it: receipts tell of that.
 */
export async function takeStep(vendure: Vendure, plan: StepPlan): Promise<SendResult> {
  let why = "";
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const outcome = await tryStep(vendure, plan);
    if (outcome.kind === "done") return { kind: "delivered", vendorId: outcome.value };
    if (outcome.kind === "ended") return outcome.result;
    ({ why } = outcome);
  }
  return { kind: "theirs", detail: why };
}

/** Whether an order stands where a step brings it, or past that. */
export async function lookUpStep(vendure: Vendure, plan: StepPlan): Promise<LookUpResult> {
  const found = await findByStep(vendure, plan);
  if (found.kind === "again") return { kind: "theirs", detail: found.why };
  if (found.kind === "ended") return found.result.kind === "cause-missing" ? { kind: "absent" } : found.result;
  return isTaken(found.value, plan) ? { kind: "found", vendorId: found.value.code } : { kind: "absent" };
}

async function findByStep({ ask }: Vendure, { code }: StepPlan): Promise<Outcome<StepOrder>> {
  const found = dataOf(await ask(findByCode, { code }));
  if (found.kind !== "done") return found;
  const { items } = found.value.orders;
  if (items.some((order) => order.code !== code)) return ended({ kind: "uncertain", detail: "the look-up answers with other orders" });
  const [order] = items;
  return order === undefined ? rejected(`Vendure has no order ${code}`) : done(order);
}

async function tryStep(vendure: Vendure, plan: StepPlan): Promise<Outcome<string>> {
  const found = await findByStep(vendure, plan);
  if (found.kind !== "done") return found;
  const order = found.value;
  if (isTaken(order, plan)) return done(order.code);
  if (plan.kind === "give-up" || plan.kind === "take-back") return cancelGoods(vendure, plan, order);
  if (!MAY_MOVE.has(order.state)) return rejected(`order ${order.code} is ${order.state}: its goods may not move`);
  const due = goodsToPrepare(order, plan);
  if (due.length > 0) return prepare(vendure, plan, due);
  return moveOn(vendure, plan, order);
}

function isTaken(order: StepOrder, plan: StepPlan): boolean {
  if (plan.kind === "take-back" || plan.kind === "give-up") return order.state === "Cancelled" || isCancelledUnder(order, plan.reference);
  const level = LEVEL_OF[plan.kind];
  const ofStep = fulfillmentsOf(order, plan);
  return ofStep.length > 0 && goodsToPrepare(order, plan).length === 0 && ofStep.every(({ state }) => LEVELS.indexOf(state) >= level);
}

const standing = (order: StepOrder) => (order.fulfillments ?? []).filter(({ state }) => state !== "Cancelled");
const isOwn = ({ method }: { method: string }, { reference }: StepPlan): boolean => method.endsWith(reference);

/** Fulfilments that a step is about: its own, else those that hold its goods. */
function fulfillmentsOf(order: StepOrder, plan: StepPlan) {
  const all = standing(order);
  if (plan.goods === undefined) return all;
  const own = all.filter((one) => isOwn(one, plan));
  const lines = new Set(
    chooseLines(
      order,
      plan.goods.map((one) => ({ ...one, line: undefined })),
    ).map(({ orderLineId }) => orderLineId),
  );
  return own.length > 0 ? own : all.filter((one) => one.lines.some(({ orderLineId }) => lines.has(orderLineId)));
}

/** Goods of the step that are in no fulfilment yet. */
function goodsToPrepare(order: StepOrder, plan: StepPlan): { orderLineId: string; quantity: number }[] {
  const all = standing(order);
  if (plan.goods !== undefined && all.some((one) => isOwn(one, plan))) return [];
  const taken = all.flatMap(({ lines }) => lines);
  const lines = order.lines.map((line) => ({
    ...line,
    quantity: taken.filter(({ orderLineId }) => orderLineId === line.id).reduce((left, one) => left - one.quantity, line.quantity),
  }));
  return chooseLines({ lines }, plan.goods?.map((one) => ({ ...one, line: undefined })) ?? "all");
}

async function prepare({ ask }: Vendure, plan: StepPlan, lines: readonly object[]): Promise<Outcome<never>> {
  const handler = {
    code: "manual-fulfillment",
    arguments: [
      { name: "method", value: `${plan.method} ${plan.reference}` },
      { name: "trackingCode", value: plan.tracking },
    ],
  };
  const added = dataOf(await ask(addFulfillment, { fulfillment: { lines, handler } }));
  if (added.kind !== "done") return added;
  const { made } = added.value;
  if (!isRefusal(made)) return again("a fulfilment was made");
  return made.errorCode.startsWith("INSUFFICIENT_STOCK") ? rejected(tell(made)) : again(tell(made));
}

async function moveOn({ ask }: Vendure, plan: StepPlan, order: StepOrder): Promise<Outcome<string>> {
  const level = plan.kind === "ship" ? 1 : plan.kind === "hand-over" ? 2 : 0;
  for (const { id, state } of fulfillmentsOf(order, plan)) {
    for (const next of LEVELS.slice(LEVELS.indexOf(state) + 1, level + 1)) {
      const moved = dataOf(await ask(moveFulfillment, { fulfillmentId: id, state: next }));
      if (moved.kind !== "done") return moved;
      const { made } = moved.value;
      if (isRefusal(made)) return again(tell(made));
      if (made.id !== id || made.state !== next) return ended({ kind: "uncertain", detail: "the answer to a fulfilment does not show it" });
    }
  }
  return done(order.code);
}

async function cancelGoods({ ask }: Vendure, plan: StepPlan, order: StepOrder): Promise<Outcome<string>> {
  const goods = plan.goods?.map((one) => ({ ...one, line: undefined })) ?? "all";
  const lines = chooseLines(order, goods);
  if (lines.length === 0) return rejected(`order ${order.code} has no such goods left`);
  const answer = dataOf(await ask(cancelLines, { cancel: { orderId: order.id, lines, reason: plan.reference } }));
  if (answer.kind !== "done") return answer;
  const { made } = answer.value;
  if (isRefusal(made)) return again(tell(made));
  return made.id === order.id && isCancelledUnder(made, plan.reference)
    ? done(order.code)
    : ended({ kind: "uncertain", detail: "the answer to a cancellation does not show it" });
}
