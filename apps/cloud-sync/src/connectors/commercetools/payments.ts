import type { Outcome } from "../outcome.ts";
import { callCommercetools, readRecord, type CommercetoolsLine } from "./line.ts";
import { takeBackAction } from "./map.ts";
import type { CommercetoolsDocument, PlannedPayment } from "./plan.ts";
import { paymentSchema, type Payment } from "./shapes.ts";
import { bringRecord } from "./update.ts";

/** The payment under our key, if it is ours; undefined: there is none. */
export async function readPayment(line: CommercetoolsLine, planned: PlannedPayment): Promise<Outcome<Payment | undefined>> {
  const read = await readRecord(line, `/payments/key=${encodeURIComponent(planned.key)}`, paymentSchema);
  return read.kind === "ok" && read.value !== undefined ? judge(read.value, planned) : read;
}

/** Makes a payment unless its key is taken, then it is looked at. Its id. */
export async function bringPayment(line: CommercetoolsLine, planned: PlannedPayment): Promise<Outcome<string>> {
  const said = await callCommercetools(line, { method: "POST", path: "/payments", body: planned.body }, paymentSchema);
  if (said.kind === "absent") return { kind: "set-up", detail: "status 404: no such project" };
  if (said.kind === "conflict") return { kind: "theirs", detail: "status 409" };
  const payment = said.kind === "duplicate" ? await readPayment(line, planned) : said.kind === "ok" ? judge(said.value, planned) : said;
  if (payment.kind !== "ok") return payment;
  return payment.value === undefined
    ? { kind: "uncertain", detail: "a payment's key is taken, and nothing is found under it" }
    : { kind: "ok", value: payment.value.id };
}

/** Adds the opposite of a payment, once. */
export async function takeBackPayment(
  line: CommercetoolsLine,
  planned: PlannedPayment,
  { reference, naturalKey }: CommercetoolsDocument,
): Promise<Outcome<string>> {
  const brought = await bringRecord(
    line,
    { collection: "payments", shape: paymentSchema, read: () => readPayment(line, planned) },
    (payment) => (isTakenBack(payment, reference) ? [] : [takeBackAction(planned, reference)]),
  );
  if (brought.kind !== "ok") return brought;
  return brought.value === undefined
    ? { kind: "cause-missing", cause: naturalKey, detail: "a payment that is taken back is not there" }
    : { kind: "ok", value: brought.value.id };
}

export const isTakenBack = ({ transactions }: Payment, reference: string): boolean =>
  transactions.some(({ interactionId, state }) => interactionId === reference && state === "Success");

function judge(found: Payment, { key, type, amount }: PlannedPayment): Outcome<Payment> {
  const isOurs =
    found.key === key &&
    found.amountPlanned.centAmount === amount.centAmount &&
    found.amountPlanned.currencyCode === amount.currencyCode &&
    found.transactions.some((one) => one.interactionId === key && one.type === type && one.amount.centAmount === amount.centAmount);
  return isOurs ? { kind: "ok", value: found } : { kind: "foreign", detail: "the payment under our key is another" };
}
