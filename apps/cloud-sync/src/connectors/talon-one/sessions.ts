import { parseAmount } from "@tillsync/sync-protocol";
import { z } from "zod";
import type { Fault, Outcome } from "../outcome.ts";
import { callTalonOne, type TalonOneLine } from "./line.ts";
import { CANCEL, type PlannedSession } from "./map.ts";

const units = z.number().int().nonnegative();
const sessionSchema = z.object({
  integrationId: z.string(),
  state: z.enum(["open", "closed", "partially_returned", "cancelled"]),
  cartItemTotal: z.number(),
  cartItems: z
    .array(z.object({ sku: z.string(), quantity: units, price: z.number().optional(), returnedQuantity: units.optional() }))
    .default([]),
  identifiers: z.array(z.string()).optional(),
});
export type Session = z.infer<typeof sessionSchema>;
export const answerShape = z.object({ customerSession: sessionSchema });

export const pathOf = (reference: string): string => `/v2/customer_sessions/${encodeURIComponent(reference)}`;

/** The session of an id; undefined: there is none. */
export async function sessionById(line: TalonOneLine, id: string): Promise<Outcome<Session | undefined>> {
  const read = await callTalonOne(line, { method: "GET", path: pathOf(id) }, { status: 200, shape: answerShape });
  if (read.kind !== "ok") return read;
  const session = read.value?.customerSession;
  if (session !== undefined && session.integrationId !== id) return { kind: "foreign", detail: "the answer's session is another's" };
  return { kind: "ok", value: session };
}

/** The session under our reference; undefined: there is none. */
export async function readSession(line: TalonOneLine, planned: PlannedSession): Promise<Outcome<Session | undefined>> {
  const read = await sessionById(line, planned.reference);
  return read.kind !== "ok" || read.value === undefined ? read : judge(read.value, planned);
}

/** Whether a session that stands is all that was planned. One that was closed and later taken back was there. */
export const isDone = ({ state }: Session, { kind }: PlannedSession): boolean =>
  kind === "cancel" ? state === "cancelled" : state !== "open";

/** Closes or cancels a session, unless that was done. An update of one that is not there would create it: it is read first. */
export async function writeSession(line: TalonOneLine, planned: PlannedSession): Promise<Outcome<string>> {
  const { reference } = planned;
  const standing = await readSession(line, planned);
  if (standing.kind !== "ok") return standing;
  if (standing.value !== undefined && isDone(standing.value, planned)) return { kind: "ok", value: reference };
  if (standing.value === undefined && planned.kind === "cancel")
    return { kind: "cause-missing", cause: planned.naturalKey, detail: "the session that is taken back is not at Talon.One" };
  const body = planned.kind === "close" ? planned.body : CANCEL;
  const written = await callTalonOne(line, { method: "PUT", path: pathOf(reference), body }, { status: 200, shape: answerShape });
  if (written.kind === "rejected") return readAgain(line, planned, written);
  if (written.kind !== "ok") return written;
  if (written.value === undefined) return { kind: "rejected", detail: "status 404" };
  const session = judge(written.value.customerSession, planned);
  if (session.kind !== "ok") return session;
  return isDone(session.value, planned)
    ? { kind: "ok", value: reference }
    : { kind: "uncertain", detail: `the session is ${session.value.state} after it was written` };
}

/** A state that can move no further refuses the same update: where it is what was planned, a copy of the request was faster. */
async function readAgain(line: TalonOneLine, planned: PlannedSession, refused: Fault): Promise<Outcome<string>> {
  const standing = await readSession(line, planned);
  if (standing.kind !== "ok") return standing;
  return standing.value !== undefined && isDone(standing.value, planned) ? { kind: "ok", value: planned.reference } : refused;
}

/** Ours, and of the receipt's amount; of one that goods came back from, what was sold is. */
function judge(session: Session, planned: PlannedSession): Outcome<Session> {
  if (session.integrationId !== planned.reference) return { kind: "foreign", detail: "the answer's session is another's" };
  if (planned.kind === "cancel") return { kind: "ok", value: session };
  const digits = planned.total.split(".")[1]?.length ?? 0;
  const total = session.cartItemTotal.toFixed(digits);
  const wanted = parseAmount(planned.total, digits);
  const isWhole = total === planned.total || (wanted.ok && soldTotal(session, digits) === BigInt(wanted.amount));
  return isWhole
    ? { kind: "ok", value: session }
    : { kind: "foreign", detail: `the session under our reference is of ${total}, and the receipt of ${planned.total}` };
}

/** What was sold in a session, whatever came back since; undefined: its prices are no amounts. */
function soldTotal({ cartItems }: Session, digits: number): bigint | undefined {
  let total = 0n;
  for (const { price = 0, quantity } of cartItems) {
    const parsed = parseAmount(price.toFixed(digits), digits);
    if (!parsed.ok) return undefined;
    total += BigInt(parsed.amount) * BigInt(quantity);
  }
  return total;
}
