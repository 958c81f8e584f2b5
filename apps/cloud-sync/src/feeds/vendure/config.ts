import { orderStatuses, posIdSchema, storeIdSchema } from "@tillsync/sync-protocol";
import { z } from "zod";
import { addressShape, isEncryptedOrPrivate, PLAIN_HTTP } from "../../connectors/http/address.ts";

const name = z.string().min(1).max(200);
/** Stands in the text of a query: a name of GraphQL and nothing else. */
const fieldName = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, "name of a custom field");
const DAY_MS = 86_400_000;

/** What Vendure's own order process calls where an order stands, and what that is to a shop. `null`: no order to hand over (yet). */
export const STATES: Readonly<Record<string, (typeof orderStatuses)[number] | null>> = {
  Created: null,
  Draft: null,
  AddingItems: null,
  ArrangingPayment: null,
  PaymentAuthorized: "confirmed",
  PaymentSettled: "confirmed",
  PartiallyShipped: "picked",
  Shipped: "shipped",
  PartiallyDelivered: "shipped",
  Delivered: "delivered",
  Modifying: "confirmed",
  ArrangingAdditionalPayment: "confirmed",
  Cancelled: "cancelled",
};

/** Vendure's own fields of a feed's file. */
export const vendureFeedSchema = z
  .strictObject({
    ...addressShape,
    /** An API key of Vendure: `lookup:secret`. */
    secret: z.string().regex(/^[\x21-\x7e]{8,500}$/, "an API key"),
    /** Token of the channel whose orders are read; undefined: the default channel. */
    channel: z
      .string()
      .regex(/^[\x21-\x7e]{1,200}$/, "a channel's token")
      .optional(),
    /** Signs notices, as Standard Webhooks has it: `whsec_` and base64 of 24 to 64 bytes. Without it notices are refused. */
    noticeSecret: z
      .string()
      .regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/, "whsec_ and base64 of 24 to 64 bytes")
      .optional(),
    /** How stores call Vendure where they tell of its orders; it becomes part of the order's name. */
    orderSystem: posIdSchema.optional(),
    /** What says which store hands an order over: its shipping method's code, or a custom field of the order. */
    storeBy: z
      .discriminatedUnion("by", [
        z.strictObject({ by: z.literal("shippingMethod") }),
        z.strictObject({ by: z.literal("orderField"), field: fieldName }),
      ])
      .default({ by: "shippingMethod" }),
    /** That code or value: our store. Orders of others are no business of a store. */
    stores: z.record(name, storeIdSchema),
    /** States of a changed order process, and states that mean something else here. */
    states: z.record(name, z.enum(orderStatuses).nullable()).default({}),
    /** Custom fields of the order: what the customer shows, and by when it is promised (`2026-12-01T16:00`). */
    pickupCodeField: fieldName.optional(),
    promisedAtField: fieldName.optional(),
    /** Vendure's SKU: the POS's item number, where they differ. */
    items: z.record(name, posIdSchema).default({}),
    /** Orders that ended stay with the tills this long. */
    keepClosedMs: z
      .number()
      .int()
      .min(3_600_000)
      .max(90 * DAY_MS)
      .default(7 * DAY_MS),
    overlapMs: z.number().int().min(0).max(3_600_000).default(300_000),
    /** Orders of one answer, which must stay below a megabyte. */
    pageRecords: z.number().int().min(1).max(100).default(25),
  })
  .refine(isEncryptedOrPrivate, PLAIN_HTTP);
export type VendureFeedConfig = z.infer<typeof vendureFeedSchema>;
