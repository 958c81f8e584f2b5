import { formatAmount, referencedKey, type Amount, type RetailTransaction } from "@tillsync/sync-protocol";
import type { DeliveryItem, Mapped, MissingCode } from "../connector.ts";
import { planDocuments, type PlannedDocument } from "../documents/plan-documents.ts";
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

/** Goods that come back from the session that they were sold in. */
export interface PlannedReturn {
  readonly kind: "return";
  readonly reference: string;
  /** Natural key of the receipt that they were sold under. */
  readonly on: string;
  /** `price`: of one unit, in the currency's units. */
  readonly goods: readonly { readonly sku: string; readonly quantity: number; readonly price: number }[];
}

export interface TalonOnePlan {
  /** What is taken back goes before what is new. */
  readonly steps: readonly (PlannedSession | PlannedReturn)[];
  readonly movements: readonly PointsMovement[];
}

export type Planned =
  | { readonly kind: "plan"; readonly plan: TalonOnePlan }
  | { readonly kind: "nothing"; readonly reason: string }
  | { readonly kind: "mapping-missing"; readonly missing: readonly MissingCode[] }
  | { readonly kind: "rejected"; readonly detail: string };

/** Items and units of one session, as Talon.One limits them. */
export const CART_ITEMS_MAX = 1_000;
export const CART_UNITS_MAX = 10_000;
const RESPONSE = ["customerSession"];
export const CANCEL = { customerSession: { state: "cancelled" }, responseContent: RESPONSE };

/**
 * What an item becomes at Talon.One. A session is what was sold; goods that came back are returned from the session of their
 * sale. What is taken back as a whole is a cancelled session, and what had come back then is sold again. Pure.
 */
export function planItem(item: DeliveryItem, config: TalonOneConfig): Planned {
  const documents = planDocuments(item);
  const foreign = documents.find(({ transaction }) => transaction.currency !== config.currency)?.transaction.currency;
  if (foreign !== undefined) return { kind: "rejected", detail: `the application is in ${config.currency}, and the receipt in ${foreign}` };
  const terms: Terms = { translation: startTranslation(config.mapping), config };
  const steps = documents.flatMap((document) => planDocument(document, terms));
  const movements = config.loyalty === undefined ? [] : planMovements(item);
  const { missing } = terms.translation;
  if (missing.length > 0) return { kind: "mapping-missing", missing };
  const made = steps.filter((one) => one !== undefined);
  if (made.length < steps.length)
    return {
      kind: "rejected",
      detail: `discounts exceed what was sold, or more than ${CART_ITEMS_MAX} cart items or ${CART_UNITS_MAX} units`,
    };
  if (made.length === 0 && movements.length === 0)
    return { kind: "nothing", reason: "nothing was sold or came back from a sale, and no member's points moved" };
  return { kind: "plan", plan: { steps: made, movements } };
}

interface Terms {
  readonly translation: Translation;
  readonly config: TalonOneConfig;
}
type Step = PlannedSession | PlannedReturn | undefined;

function planDocument({ role, reference, transaction, naturalKey, ...rest }: PlannedDocument, terms: Terms): Step[] {
  const parts = saleParts(transaction);
  const isSession = !isEmpty(parts) && (parts.sold.length > 0 || parts.returned.length === 0);
  const back = terms.config.returns ? parts.returned.filter((goods) => soldUnder(goods) !== undefined) : [];
  if (role === "reverse" && "of" in rest)
    return [
      ...(isSession ? [{ kind: "cancel" as const, reference: rest.of, naturalKey }] : []),
      // A return cannot be taken back: the goods are sold once more.
      ...(back.length === 0 ? [] : [closeSession(reference, transaction, { goods: back, extras: 0n }, terms)]),
    ];
  const extras = sum(parts.extras.map(({ amount }) => amount));
  return [
    ...planReturns(reference, back, transaction.exponent, terms),
    ...(isSession ? [closeSession(reference, transaction, { goods: parts.sold, extras }, terms)] : []),
  ];
}

const soldUnder = ({ line }: GoodsLine): string | undefined => (line.returnOf === undefined ? undefined : referencedKey(line.returnOf));

/** One return for each sale that goods came back from. */
const planReturns = (reference: string, back: readonly GoodsLine[], exponent: number, { translation }: Terms): PlannedReturn[] =>
  [...Map.groupBy(back, soldUnder)].flatMap(([on, lines], at) =>
    on === undefined
      ? []
      : [
          {
            kind: "return",
            reference: `${reference}-t${at}`,
            on,
            goods: lines.map(({ line, quantity, gross }) => {
              const units = wholeUnits(quantity);
              return { sku: translation.item(line), quantity: Number(units), price: Number(unitsOf(gross / units, exponent)) };
            }),
          },
        ],
  );

/** The requests of an item for the dry run. */
export function mapItem(item: DeliveryItem, config: TalonOneConfig): Mapped {
  const planned = planItem(item, config);
  if (planned.kind !== "plan") return planned;
  const { steps, movements } = planned.plan;
  return {
    kind: "requests",
    requests: [
      ...steps.map((one) =>
        one.kind === "return"
          ? { reference: one.reference, what: "POST /v2/customer_sessions/{session}/returns", body: { on: one.on, goods: one.goods } }
          : {
              reference: one.reference,
              what: `PUT /v2/customer_sessions/${one.reference}`,
              body: one.kind === "close" ? one.body : CANCEL,
            },
      ),
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

function closeSession(
  reference: string,
  transaction: RetailTransaction,
  { goods, extras }: { readonly goods: readonly GoodsLine[]; readonly extras: bigint },
  { translation, config }: Terms,
): PlannedSession | undefined {
  const amounts = shareExtras(
    goods.map(({ gross }) => gross),
    extras,
  );
  const { exponent } = transaction;
  const storeIntegrationId = translation.store(transaction.identity.store);
  const cartItems = goods.flatMap((one, at) => cartItemsOf(one, amounts?.[at] ?? 0n, exponent, translation));
  const units = goods.reduce((total, { quantity }) => total + wholeUnits(quantity), 0n);
  if (amounts === undefined || cartItems.length > CART_ITEMS_MAX || units > CART_UNITS_MAX) return undefined;
  const profileId = transaction.loyalty?.memberRef ?? config.guestProfileId;
  return {
    kind: "close",
    reference,
    total: unitsOf(sum(amounts), exponent),
    body: { customerSession: { profileId, storeIntegrationId, state: "closed", cartItems }, responseContent: RESPONSE },
  };
}

const unitsOf = (amount: bigint, exponent: number): string => formatAmount(amount.toString() as Amount, exponent);

/** Talon.One counts whole units; a weight is one. */
const wholeUnits = (quantity: string): bigint => (/^[1-9]\d{0,3}$/.test(quantity) ? BigInt(quantity) : 1n);

/** A price has no parts of a cent: units whose amount does not divide become two items whose prices differ by one. */
function cartItemsOf({ line, quantity }: GoodsLine, amount: bigint, exponent: number, translation: Translation): object[] {
  const units = wholeUnits(quantity);
  const [price, rest] = [amount / units, amount % units];
  const item = (count: bigint, each: bigint): object => ({
    sku: translation.item(line),
    name: line.description ?? line.itemId,
    quantity: Number(count),
    price: Number(unitsOf(each, exponent)),
  });
  return rest === 0n ? [item(units, price)] : [item(units - rest, price), item(rest, price + 1n)];
}
