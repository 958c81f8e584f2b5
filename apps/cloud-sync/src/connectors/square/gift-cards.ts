import type { CardMovement } from "../loyalty/plan-stored-value.ts";
import type { Outcome } from "../outcome.ts";
import { callSquare, type SquareLine } from "./line.ts";
import type { Money, PlannedActivity } from "./plan.ts";
import { findInPages } from "./read-pages.ts";
import { activitiesPage, activityAnswer, isMoney, type Activity } from "./shapes.ts";

/** Redemptions of a card that a refund may name: a year back, which is as far as Square lists them. */
const REDEMPTIONS_SINCE_MS = 365 * 86_400_000;

/** Our reference is the first word of an activity's reference, the POS's name of a redemption the second: refunds find it by that. */
const wordsOf = (activity: Activity): string[] => {
  const details = activity.redeem_activity_details ?? activity.load_activity_details ?? activity.refund_activity_details;
  return details?.reference_id?.split(" ") ?? [];
};

/** Whether an activity is of the planned card and moves its money. */
function isPlanned(activity: Activity, { card, money }: PlannedActivity): boolean {
  const details = activity.redeem_activity_details ?? activity.load_activity_details ?? activity.refund_activity_details;
  return activity.gift_card_id === card && isMoney(details?.amount_money ?? { amount: 0, currency: "" }, money);
}

/** What a card's movement is at Square. A refund that names no redemption is money that is loaded. */
export function planActivity(
  movement: CardMovement,
  redemptionId: string,
  terms: { readonly card: string; readonly location: string; readonly instrument: string | undefined },
): PlannedActivity | { readonly kind: "rejected"; readonly detail: string } {
  const { reference, role, currency, of } = movement;
  const money: Money = { amount: Number(movement.amount), currency };
  const common = { kind: "activity" as const, reference, card: terms.card, location: terms.location, money };
  if (role === "redeemed")
    return { ...common, type: "REDEEM", details: { amount_money: money, reference_id: `${reference} ${redemptionId}` } };
  if (role === "refunded" && of !== undefined)
    return { ...common, type: "REFUND", of, details: { amount_money: money, reference_id: reference } };
  if (terms.instrument === undefined)
    return { kind: "rejected", detail: "money is loaded at Square with a payment instrument: set giftCards.instrument" };
  const details = { amount_money: money, reference_id: reference, buyer_payment_instrument_ids: [terms.instrument] };
  return { ...common, type: "LOAD", details };
}

/** The activity under our reference, if it stands. */
export async function findOwnActivity(line: SquareLine, planned: PlannedActivity, since: string): Promise<Outcome<string | undefined>> {
  const found = await findActivity(line, planned, since, (activity) => wordsOf(activity)[0] === planned.reference);
  if (found.kind !== "ok" || found.value === undefined) return found.kind === "ok" ? { kind: "ok", value: undefined } : found;
  return isPlanned(found.value, planned)
    ? { kind: "ok", value: found.value.id }
    : { kind: "foreign", detail: "an activity of another amount bears our reference" };
}

const findActivity = (
  line: SquareLine,
  planned: PlannedActivity,
  since: string,
  isWanted: (activity: Activity) => boolean,
  type: PlannedActivity["type"] = planned.type,
): Promise<Outcome<Activity | undefined>> =>
  findInPages(
    line,
    (cursor) => ({
      method: "GET",
      path: "/v2/gift-cards/activities",
      query: {
        gift_card_id: planned.card,
        type,
        begin_time: since,
        sort_order: "ASC",
        limit: "100",
        ...(cursor === undefined ? {} : { cursor }),
      },
    }),
    activitiesPage,
    ({ gift_card_activities }) => gift_card_activities.find(isWanted),
  );

/** Moves a gift card's money; with `look` what stands is found first, since the key may be forgotten. The activity's id. */
export async function makeActivity(line: SquareLine, planned: PlannedActivity, since: string, look: boolean): Promise<Outcome<string>> {
  if (look) {
    const found = await findOwnActivity(line, planned, since);
    if (found.kind !== "ok") return found;
    if (found.value !== undefined) return { kind: "ok", value: found.value };
  }
  const redeemed = planned.of === undefined ? undefined : await findRedeemed(line, planned, planned.of);
  if (redeemed !== undefined && redeemed.kind !== "ok") return redeemed;
  const details = redeemed === undefined ? planned.details : { ...planned.details, redeem_activity_id: redeemed.value };
  const gift_card_activity = {
    type: planned.type,
    location_id: planned.location,
    gift_card_id: planned.card,
    [`${planned.type.toLowerCase()}_activity_details`]: details,
  };
  const body = { idempotency_key: planned.reference, gift_card_activity };
  const made = await callSquare(line, { method: "POST", path: "/v2/gift-cards/activities", body }, activityAnswer);
  if (made.kind !== "ok") return made;
  const activity = made.value.gift_card_activity;
  const isOurs = wordsOf(activity)[0] === planned.reference && isPlanned(activity, planned);
  return isOurs ? { kind: "ok", value: activity.id } : { kind: "foreign", detail: "the answer's activity is another's" };
}

/** The redemption that a refund takes back, by the POS's name of it. */
async function findRedeemed(line: SquareLine, planned: PlannedActivity, of: string): Promise<Outcome<string>> {
  const since = new Date(line.ports.nowMs() - REDEMPTIONS_SINCE_MS).toISOString();
  const found = await findActivity(line, planned, since, (activity) => wordsOf(activity)[1] === of, "REDEEM");
  if (found.kind !== "ok") return found;
  return found.value === undefined
    ? { kind: "theirs", detail: `the redemption ${of} is not at Square yet` }
    : { kind: "ok", value: found.value.id };
}
