import type { DeliveryItem } from "../connector.ts";
import type { Translation } from "../mapping/translate.ts";
import { toSteps, wholeUnits } from "./quantities.ts";

type OrderStatusTransaction = Extract<DeliveryItem["transaction"], { transactionType: "OrderStatus" }>;

/** A step of an order that Vendure has, told by a store. */
export interface StepPlan {
  readonly reference: string;
  /** Vendure's code of the order. */
  readonly code: string;
  /** `ship`: goods are on their way or ready; `hand-over`: the customer has them; `give-up`: nothing more comes of it; `take-back`: goods are in the shop again. */
  readonly kind: "prepare" | "ship" | "hand-over" | "give-up" | "take-back";
  /** Undefined: the whole order. */
  readonly goods: readonly { readonly sku: string; readonly quantity: number }[] | undefined;
  readonly method: string;
  readonly tracking: string;
}

/** Vendure's own states begin at payment: steps before goods are picked change nothing there. */
const KIND_OF = {
  created: undefined,
  confirmed: undefined,
  inProduction: undefined,
  picked: "prepare",
  fulfilled: "hand-over",
  shipped: "ship",
  delivered: "hand-over",
  returned: "take-back",
  cancelled: "give-up",
} as const;

/** What a step means for Vendure; undefined: nothing. Quantities by weight are one unit, as in a sale. */
export function planStep(reference: string, { orderStatus }: OrderStatusTransaction, translation: Translation): StepPlan | undefined {
  const kind = KIND_OF[orderStatus.status];
  if (kind === undefined) return undefined;
  const goods = orderStatus.lines?.map((line) => ({
    sku: translation.item(line),
    quantity: Number(wholeUnits(toSteps(line.quantity.value)) ?? 1n),
  }));
  const { orderId: code, carrier = "store", tracking = "" } = orderStatus;
  return { reference, code, kind, goods, method: carrier, tracking };
}
