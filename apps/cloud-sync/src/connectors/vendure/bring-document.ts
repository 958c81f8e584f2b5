import { bringOrder } from "./bring-order.ts";
import { findOrder } from "./find-order.ts";
import { giveBack, type Given } from "./give-back.ts";
import { done, type Ended, type Outcome } from "./outcome.ts";
import type { PlannedLine, VendurePlan } from "./plan.ts";
import type { Vendure } from "./vendure-line.ts";

/** Attempts at one document when others keep moving it; each reads anew what stands. */
export const ROUNDS_MAX = 3;

/** Brings a document to its end, from wherever an earlier attempt left it. Vendure's id of it, or how it ended. */
export async function bringDocument(vendure: Vendure, plan: VendurePlan): Promise<{ vendorId: string } | Ended> {
  let why = "";
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const outcome = await tryDocument(vendure, plan);
    if (outcome.kind === "done") return { vendorId: outcome.value };
    if (outcome.kind === "ended") return outcome.result;
    ({ why } = outcome);
  }
  return { kind: "theirs", detail: why };
}

async function tryDocument(vendure: Vendure, plan: VendurePlan): Promise<Outcome<string>> {
  const given: Given[] = [];
  for (const wish of plan.refunds) {
    const one = await giveBack(vendure.ask, plan, wish);
    if (one.kind !== "done") return one;
    given.push(one.value);
  }
  const lines = linesAfter(plan, given);
  if (lines.length === 0) return done(given[0]?.vendorId ?? "");
  const found = await findOrder(vendure.ask, plan.reference);
  return found.kind === "done" ? bringOrder(vendure, plan, lines, found.value) : found;
}

/** The order's lines, with one for money that the till gave back and no payment had left. */
export function linesAfter({ refunds, lines, returnSku }: VendurePlan, given: readonly Pick<Given, "amount">[]): readonly PlannedLine[] {
  const wished = refunds.reduce((sum, refund) => sum + refund.amount, 0n);
  const short = given.reduce((rest, one) => rest - one.amount, wished);
  return short === 0n ? lines : [...lines, { line: "return", sku: returnSku, quantity: 1, unitPrice: Number(-short) }];
}
