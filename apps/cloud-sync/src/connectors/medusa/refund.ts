import { z } from "zod";
import { sum } from "../documents/sale-parts.ts";
import type { Outcome } from "../outcome.ts";
import { callMedusa, type MedusaLine } from "./line.ts";
import { paymentsOf } from "./pay.ts";
import { majorOf } from "./plan-document.ts";
import { minorOf, paymentSchema, type Order } from "./shapes.ts";

type Payment = z.infer<typeof paymentSchema>;

const refundsOf = ({ refunds }: Payment, exponent: number) =>
  (refunds ?? []).map(({ amount, note }) => ({ note, minor: minorOf(amount, exponent) ?? 0n }));
const leftOf = (payment: Payment, exponent: number): bigint =>
  sum((payment.captures ?? []).map(({ amount }) => minorOf(amount, exponent) ?? 0n)) -
  sum(refundsOf(payment, exponent).map(({ minor }) => minor));

/** What was given back under a reference; undefined: nothing was. */
export function refundedUnder(order: Order, reference: string, exponent: number): bigint | undefined {
  const own = paymentsOf(order).flatMap((payment) => refundsOf(payment, exponent).filter(({ note }) => note === reference));
  return own.length === 0 ? undefined : sum(own.map(({ minor }) => minor));
}

/** How much of an amount an order's payment can still give back. */
export const refundable = (order: Order, amount: bigint, exponent: number): bigint => {
  const most = paymentsOf(order).reduce((max, payment) => (leftOf(payment, exponent) > max ? leftOf(payment, exponent) : max), 0n);
  return amount < most ? amount : most;
};

/** Gives money back from the order's payment, once for a reference, as far as there is any left. Resolves with how much. */
export async function bringRefund(
  line: MedusaLine,
  order: Order,
  amount: bigint,
  reference: string,
  exponent: number,
): Promise<Outcome<bigint>> {
  const known = refundedUnder(order, reference, exponent);
  if (known !== undefined) return { kind: "ok", value: known };
  const due = refundable(order, amount, exponent);
  const payment = paymentsOf(order).find((one) => leftOf(one, exponent) >= due);
  if (due === 0n || payment === undefined) return { kind: "ok", value: 0n };
  const body = { amount: Number(majorOf(due, { exponent })), note: reference };
  const request = {
    method: "POST" as const,
    path: `/admin/payments/${payment.id}/refund`,
    query: { fields: "id,captures.*,refunds.*" },
    body,
  };
  const given = await callMedusa(line, request, z.object({ payment: paymentSchema }));
  if (given.kind !== "ok") return given;
  const isOurs = given.value.payment.id === payment.id && refundsOf(given.value.payment, exponent).some(({ note }) => note === reference);
  return isOurs ? { kind: "ok", value: due } : { kind: "uncertain", detail: "the answer does not show the refund" };
}
