import type { PointsMovement } from "../loyalty/plan-movements.ts";
import type { Outcome } from "../outcome.ts";
import { callVoucherify, type VoucherifyLine } from "./line.ts";
import { pointsBody } from "./map.ts";
import { balanceSchema, customerSchema, transactionsSchema, vouchersSchema } from "./shapes.ts";

export interface Card {
  readonly id: string;
  readonly code: string;
}

/** Cards found for one item: its movements are mostly one member's. */
export type KnownCards = Map<string, Card>;

/** Rows of a card's ledger that are read at most, newest first, at 100 a page: years of one member's shopping. */
export const LEDGER_PAGES_MAX = 50;

/** `findCard`, once for each member of an item. */
export async function cardOf(line: VoucherifyLine, known: KnownCards, member: string): Promise<Outcome<Card>> {
  const card = known.get(member);
  if (card !== undefined) return { kind: "ok", value: card };
  const found = await findCard(line, member);
  if (found.kind === "ok") known.set(member, found.value);
  return found;
}

/** The loyalty card of the customer whose `source_id` is the member's pseudonym, in the configured campaign. */
async function findCard(line: VoucherifyLine, member: string): Promise<Outcome<Card>> {
  const customer = await callVoucherify(line, { method: "GET", path: `/v1/customers/${encodeURIComponent(member)}` }, customerSchema);
  if (customer.kind !== "ok") return customer;
  const missing = (detail: string): Outcome<never> => ({ kind: "cause-missing", cause: `member:${member}`, detail });
  if (customer.value === undefined) return missing("no customer at Voucherify has this source id");
  if (customer.value.source_id !== member) return { kind: "foreign", detail: "the answer's customer is another's" };
  const { id } = customer.value;
  const query = { customer: id, campaign_id: line.config.loyaltyCampaignId ?? "", limit: "10" };
  const cards = await callVoucherify(line, { method: "GET", path: "/v1/vouchers", query }, vouchersSchema);
  if (cards.kind !== "ok") return cards;
  const card = cards.value?.vouchers.find(
    ({ type, campaign_id }) => type === "LOYALTY_CARD" && campaign_id === line.config.loyaltyCampaignId,
  );
  if (card === undefined) return missing("the customer has no card of the campaign");
  return card.holder_id === id
    ? { kind: "ok", value: { id: card.id, code: card.code } }
    : { kind: "foreign", detail: "the answer's card is another's" };
}

/** Whether the card's ledger has a movement under our reference. Reads it newest first, back to `sinceMs`. */
export async function hasMovement(line: VoucherifyLine, card: Card, movement: PointsMovement, sinceMs: number): Promise<Outcome<boolean>> {
  const wanted = pointsBody(movement);
  let after: string | undefined;
  for (let page = 0; page < LEDGER_PAGES_MAX; page += 1) {
    const query = { limit: "100", order: "-id", ...(after === undefined ? {} : { starting_after_id: after }) };
    const path = `/v1/loyalties/members/${encodeURIComponent(card.code)}/transactions`;
    const read = await callVoucherify(line, { method: "GET", path, query }, transactionsSchema);
    if (read.kind !== "ok") return read;
    const rows = read.value?.data ?? [];
    const found = rows.find(({ source_id }) => source_id === movement.reference);
    if (found !== undefined && found.details.balance?.points !== wanted.points)
      return { kind: "foreign", detail: "a movement of other points bears our reference" };
    if (found !== undefined) return { kind: "ok", value: true };
    const last = rows.at(-1);
    const isBefore = last?.created_at !== undefined && last.created_at !== null && Date.parse(last.created_at) < sinceMs;
    if (last === undefined || isBefore || read.value?.has_more !== true) return { kind: "ok", value: false };
    after = last.id;
  }
  return { kind: "uncertain", detail: `more than ${LEDGER_PAGES_MAX} pages of a card's ledger` };
}

/** Moves a member's points, unless the card's ledger has the movement already. The card's id. */
export async function movePoints(
  line: VoucherifyLine,
  known: KnownCards,
  movement: PointsMovement,
  sinceMs: number,
): Promise<Outcome<string>> {
  const card = await cardOf(line, known, movement.member);
  if (card.kind !== "ok") return card;
  const there = await hasMovement(line, card.value, movement, sinceMs);
  if (there.kind !== "ok") return there;
  if (there.value) return { kind: "ok", value: card.value.id };
  const body = pointsBody(movement);
  const path = `/v1/loyalties/members/${encodeURIComponent(card.value.code)}/balance`;
  const moved = await callVoucherify(line, { method: "POST", path, body }, balanceSchema);
  if (moved.kind !== "ok") return moved;
  if (moved.value === undefined) return { kind: "rejected", detail: "the card is gone" };
  const isOurs = moved.value.related_object.id === card.value.id && moved.value.points === body.points;
  return isOurs ? { kind: "ok", value: card.value.id } : { kind: "foreign", detail: "the answer's balance is another's" };
}
