import { formatAmount, type Amount, type RetailTransaction } from "@tillsync/sync-protocol";
import type { DeliveryItem, Mapped, MissingCode } from "../connector.ts";
import { planDocuments } from "../documents/plan-documents.ts";
import { isEmpty, saleParts, sum, type GoodsLine } from "../documents/sale-parts.ts";
import { shareExtras } from "../documents/share-extras.ts";
import { planMovements, type PointsMovement } from "../loyalty/plan-movements.ts";
import { startTranslation, type Translation } from "../mapping/translate.ts";
import type { TalonOneConfig } from "./manifest.ts";

/** A session that is closed, or one that is cancelled. Its id is our reference. */
export type PlannedSession =
  | {
      readonly kind: "close";
      readonly reference: string;
      /** In the currency's units, as text with all of its digits. */
      readonly total: string;
      readonly body: { readonly customerSession: Readonly<Record<string, unknown>>; readonly responseContent: readonly string[] };
    }
  | { readonly kind: "cancel"; readonly reference: string; readonly naturalKey: string };

export interface TalonOnePlan {
  readonly sessions: readonly PlannedSession[];
  readonly movements: readonly PointsMovement[];
}

export type Planned =
  | { readonly kind: "plan"; readonly plan: TalonOnePlan }
  | { readonly kind: "nothing"; readonly reason: string }
  | { readonly kind: "mapping-missing"; readonly missing: readonly MissingCode[] }
  | { readonly kind: "rejected"; readonly detail: string };

/** Items of one session, as Talon.One limits them. */
export const CART_ITEMS_MAX = 1_000;
const RESPONSE = ["customerSession"];
export const CANCEL = { customerSession: { state: "cancelled" }, responseContent: RESPONSE };

/**
 * What an item becomes at Talon.One. A session is what was sold; goods that came back take their points with them and are
 * no session. What is taken back as a whole is a cancelled session. Pure.
 */
export function planItem(item: DeliveryItem, config: TalonOneConfig): Planned {
  const documents = planDocuments(item);
  const foreign = documents.find(({ transaction }) => transaction.currency !== config.currency)?.transaction.currency;
  if (foreign !== undefined) return { kind: "rejected", detail: `the application is in ${config.currency}, and the receipt in ${foreign}` };
  const translation = startTranslation(config.mapping);
  const sessions = documents.flatMap((document): (PlannedSession | undefined)[] => {
    if (!hasSession(document.transaction)) return [];
    if (document.role === "reverse") return [{ kind: "cancel", reference: document.of, naturalKey: document.naturalKey }];
    return [closeSession(document.reference, document.transaction, translation, config)];
  });
  const movements = config.loyalty === undefined ? [] : planMovements(item);
  if (translation.missing.length > 0) return { kind: "mapping-missing", missing: translation.missing };
  const made = sessions.filter((one) => one !== undefined);
  if (made.length < sessions.length)
    return { kind: "rejected", detail: `discounts exceed what was sold, or more than ${CART_ITEMS_MAX} cart items` };
  if (made.length === 0 && movements.length === 0) return { kind: "nothing", reason: "nothing was sold, and no member's points moved" };
  return { kind: "plan", plan: { sessions: made, movements } };
}

/** The requests of an item for the dry run. */
export function mapItem(item: DeliveryItem, config: TalonOneConfig): Mapped {
  const planned = planItem(item, config);
  if (planned.kind !== "plan") return planned;
  const { sessions, movements } = planned.plan;
  return {
    kind: "requests",
    requests: [
      ...sessions.map((one) => ({
        reference: one.reference,
        what: `PUT /v2/customer_sessions/${one.reference}`,
        body: one.kind === "close" ? one.body : CANCEL,
      })),
      ...movements.map((one) => ({ reference: one.reference, what: `PUT ${pathOfMove(one)}`, body: pointsBody(one, config) })),
    ],
  };
}

export const isAddition = ({ role }: PointsMovement): boolean => role === "accrue" || role === "reverse-burn";

export const pathOfMove = (movement: PointsMovement): string => (isAddition(movement) ? "add_points" : "deduct_points");

/** The reference is the movement's name in the ledger. */
export const pointsBody = ({ points, reference }: PointsMovement, { loyalty }: TalonOneConfig): object => ({
  points,
  name: reference,
  ...(loyalty?.subledgerId === undefined ? {} : { subledgerId: loyalty.subledgerId }),
});

/** Whether a receipt is a session at all: something was sold. */
function hasSession(transaction: RetailTransaction): boolean {
  const parts = saleParts(transaction);
  return !isEmpty(parts) && (parts.sold.length > 0 || parts.returned.length === 0);
}

function closeSession(
  reference: string,
  transaction: RetailTransaction,
  translation: Translation,
  config: TalonOneConfig,
): PlannedSession | undefined {
  const parts = saleParts(transaction);
  const amounts = shareExtras(
    parts.sold.map(({ gross }) => gross),
    sum(parts.extras.map(({ amount }) => amount)),
  );
  const { exponent } = transaction;
  const storeIntegrationId = translation.store(transaction.identity.store);
  const cartItems = parts.sold.flatMap((goods, at) => cartItemsOf(goods, amounts?.[at] ?? 0n, exponent, translation));
  if (amounts === undefined || cartItems.length > CART_ITEMS_MAX) return undefined;
  const profileId = transaction.loyalty?.memberRef ?? config.guestProfileId;
  return {
    kind: "close",
    reference,
    total: unitsOf(sum(amounts), exponent),
    body: { customerSession: { profileId, storeIntegrationId, state: "closed", cartItems }, responseContent: RESPONSE },
  };
}

const unitsOf = (amount: bigint, exponent: number): string => formatAmount(amount.toString() as Amount, exponent);

/** A price has no parts of a cent: units whose amount does not divide become two items whose prices differ by one. */
function cartItemsOf({ line, quantity }: GoodsLine, amount: bigint, exponent: number, translation: Translation): object[] {
  const units = /^[1-9]\d{0,3}$/.test(quantity) ? BigInt(quantity) : 1n;
  const [price, rest] = [amount / units, amount % units];
  const item = (count: bigint, each: bigint): object => ({
    sku: translation.item(line),
    name: line.description ?? line.itemId,
    quantity: Number(count),
    price: Number(unitsOf(each, exponent)),
  });
  return rest === 0n ? [item(units, price)] : [item(units - rest, price), item(rest, price + 1n)];
}
