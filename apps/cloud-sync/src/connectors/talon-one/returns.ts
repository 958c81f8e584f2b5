import type { SendContext } from "../connector.ts";
import type { Fault, Outcome } from "../outcome.ts";
import { callTalonOne, type TalonOneLine } from "./line.ts";
import type { PlannedReturn } from "./map.ts";
import { answerShape, pathOf, sessionById, type Session } from "./sessions.ts";

/**
 * What was written down before goods were returned. Talon.One keeps the key of a return for a day and no reference of ours
 * with it, so that a session of our own says how much of the sale's session was returned before: an open one that was begun,
 * a cancelled one that is done. It holds no goods and no profile.
 */
interface Begun {
  readonly before: number;
  /** Answers are kept under their key, refusals as well: an attempt after one has a key of its own. */
  readonly attempt: number;
}

export type ReturnState = { readonly kind: "none" } | { readonly kind: "done" } | ({ readonly kind: "begun" } & Begun);

/** What our own session says of a return. */
export async function readReturn(line: TalonOneLine, { reference }: PlannedReturn): Promise<Outcome<ReturnState>> {
  const read = await sessionById(line, reference);
  if (read.kind !== "ok") return read;
  if (read.value === undefined) return { kind: "ok", value: { kind: "none" } };
  const { state, identifiers = [] } = read.value;
  if (state === "cancelled") return { kind: "ok", value: { kind: "done" } };
  const [, before, attempt] = /^tillsync returned (\d{1,9}) attempt (\d{1,9})$/.exec(identifiers[0] ?? "") ?? [];
  if (state !== "open" || before === undefined || attempt === undefined)
    return { kind: "foreign", detail: "a session that is not ours stands under our reference of a return" };
  return { kind: "ok", value: { kind: "begun", before: Number(before), attempt: Number(attempt) } };
}

/** Returns goods of the sale's session, once. Our reference of the return. */
export async function returnGoods(line: TalonOneLine, context: SendContext, planned: PlannedReturn): Promise<Outcome<string>> {
  const { reference } = planned;
  const known = await readReturn(line, planned);
  if (known.kind !== "ok") return known;
  if (known.value.kind === "done") return { kind: "ok", value: reference };
  const session = await soldSession(line, context, planned);
  if (session.kind !== "ok") return session;
  const now = returnedOf(session.value);
  const standing = known.value;
  if (standing.kind === "begun" && now === standing.before + unitsOf(planned)) return conclude(line, reference);
  // Goods only ever come back: a session that shows less than before is an old picture of it.
  const again = await soldSession(line, context, planned);
  if (again.kind !== "ok") return again;
  if (returnedOf(again.value) !== now || (standing.kind === "begun" && now < standing.before))
    return { kind: "uncertain", detail: "the sale's session is shown in two ways" };
  if (standing.kind === "none") {
    const begun: Begun = { before: now, attempt: 1 };
    const written = await writeReturn(line, reference, { state: "open", ...identify(begun) });
    return written.kind === "ok" ? giveBack(line, planned, session.value, begun) : written;
  }
  if (now === standing.before) return giveBack(line, planned, session.value, standing);
  return {
    kind: "rejected",
    detail: `somebody else returned goods of ${session.value.integrationId} as well: whether ours are among them has to be seen at Talon.One (destination.return-unproven)`,
  };
}

async function giveBack(line: TalonOneLine, planned: PlannedReturn, session: Session, begun: Begun): Promise<Outcome<string>> {
  const { reference } = planned;
  const returnedCartItems = allocate(planned, session);
  if (!Array.isArray(returnedCartItems)) return returnedCartItems;
  const made = await callTalonOne(
    line,
    {
      method: "POST",
      path: `${pathOf(session.integrationId)}/returns`,
      headers: { "idempotency-key": `${reference}-${begun.attempt}` },
      body: { return: { returnedCartItems }, responseContent: ["customerSession"] },
    },
    { status: 200, shape: answerShape },
  );
  if (made.kind === "rejected") {
    const written = await writeReturn(line, reference, { state: "open", ...identify({ ...begun, attempt: begun.attempt + 1 }) });
    return written.kind === "ok" ? made : written;
  }
  if (made.kind !== "ok") return made;
  if (made.value === undefined) return { kind: "cause-missing", cause: planned.on, detail: "the session of the sale is not at Talon.One" };
  const told = made.value.customerSession;
  if (told.integrationId !== session.integrationId) return { kind: "foreign", detail: "the answer's session is another's" };
  if (returnedOf(told) < begun.before + unitsOf(planned))
    return { kind: "uncertain", detail: "the goods were returned, and the session does not show it" };
  return conclude(line, reference);
}

/** The session that the goods were sold in, from which something can come back. */
async function soldSession(line: TalonOneLine, context: SendContext, { on }: PlannedReturn): Promise<Outcome<Session>> {
  const missing: Fault = { kind: "cause-missing", cause: on, detail: "the session of the sale is not at Talon.One" };
  const id = await context.vendorIdOf(on);
  if (id === undefined) return missing;
  const read = await sessionById(line, id);
  if (read.kind !== "ok") return read;
  if (read.value === undefined) return missing;
  const { state } = read.value;
  return state === "closed" || state === "partially_returned"
    ? { kind: "ok", value: read.value }
    : { kind: "rejected", detail: `the session of the sale is ${state}: nothing can be returned` };
}

/** Which items of the session come back: those of the returned price first. */
function allocate({ goods }: PlannedReturn, { cartItems }: Session): object[] | Fault {
  const left = cartItems.map(({ quantity, returnedQuantity = 0 }) => quantity - returnedQuantity);
  const taken = new Map<number, number>();
  for (const { sku, quantity, price } of goods) {
    const same = cartItems.flatMap((item, position) => (item.sku === sku ? [{ position, isExact: item.price === price }] : []));
    let wanted = quantity;
    for (const { position } of same.toSorted((a, b) => Number(b.isExact) - Number(a.isExact))) {
      const some = Math.min(wanted, left[position] ?? 0);
      wanted -= some;
      left[position] = (left[position] ?? 0) - some;
      if (some > 0) taken.set(position, (taken.get(position) ?? 0) + some);
    }
    if (wanted > 0) return { kind: "rejected", detail: `the session of the sale holds fewer of ${sku} than came back` };
  }
  return [...taken].map(([position, quantity]) => ({ position, sku: cartItems[position]?.sku, quantity }));
}

async function conclude(line: TalonOneLine, reference: string): Promise<Outcome<string>> {
  const written = await writeReturn(line, reference, { state: "cancelled" });
  return written.kind === "ok" ? { kind: "ok", value: reference } : written;
}

const identify = ({ before, attempt }: Begun): object => ({ identifiers: [`tillsync returned ${before} attempt ${attempt}`] });

async function writeReturn(
  line: TalonOneLine,
  reference: string,
  customerSession: { readonly state: "open" | "cancelled" },
): Promise<Outcome<true>> {
  const body = { customerSession, responseContent: ["customerSession"] };
  const written = await callTalonOne(line, { method: "PUT", path: pathOf(reference), body }, { status: 200, shape: answerShape });
  if (written.kind !== "ok") return written;
  const session = written.value?.customerSession;
  if (session === undefined) return { kind: "rejected", detail: "status 404" };
  if (session.integrationId !== reference) return { kind: "foreign", detail: "the answer's session is another's" };
  return session.state === customerSession.state
    ? { kind: "ok", value: true }
    : { kind: "uncertain", detail: `our session of the return is ${session.state} after it was written` };
}

const returnedOf = ({ cartItems }: Session): number => cartItems.reduce((sum, { returnedQuantity = 0 }) => sum + returnedQuantity, 0);
const unitsOf = ({ goods }: PlannedReturn): number => goods.reduce((sum, { quantity }) => sum + quantity, 0);
