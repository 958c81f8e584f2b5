import { z } from "zod";
import { EXTENSIONS_BYTES_MAX, TRANSACTION_LINES_MAX } from "../limits.ts";
import { amountSchema } from "../money/amount.ts";
import { currencyExponent, currencySchema } from "../money/currency.ts";
import { identitySchema } from "./identity.ts";
import { adjustmentSchema, lineSchema, taxSchema } from "./line.ts";
import { memberChangeSchema } from "./member-change.ts";
import { orderStatusSchema } from "./order-status.ts";
import { posIdSchema, pseudonymSchema, textSchema } from "./parts.ts";
import { storedValueSchema } from "./stored-value.ts";
import { tenderSchema, tenderTypes } from "./tender.ts";
import { balanceSchema, computedTotalsSchema, reportedTotalsSchema } from "./totals.ts";
import { posTimeSchema } from "./time.ts";

/** Version of the transaction's shape. A change of shape adds an upcaster (`upcast.ts`) and moves this by one. */
export const TRANSACTION_SCHEMA_VERSION = 1;

const encoder = new TextEncoder();

/** What every transaction has, whatever its type. Flags are present only when true: most receipts have none. */
const common = {
  schemaVersion: z.literal(TRANSACTION_SCHEMA_VERSION),
  identity: identitySchema,
  /** `completed`; `cancelled` before completion; `suspended` (parked) and `resumed`; `postVoided`: reverses `voids`. */
  status: z.enum(["completed", "cancelled", "suspended", "resumed", "postVoided"]),
  trainingMode: z.literal(true).optional(),
  offline: z.literal(true).optional(),
  /** Money that is no sale of this store, such as a top-up sold for someone else. */
  outsideSales: z.literal(true).optional(),
  transactionId: posIdSchema.optional(),
  receiptNumber: posIdSchema.optional(),
  operatorId: posIdSchema.optional(),
  begin: posTimeSchema.optional(),
  end: posTimeSchema.optional(),
  /** Vendor fields worth keeping for audit, by namespace; already free of personal data. */
  extensions: z
    .record(z.string().max(60), z.record(z.string().max(100), z.string().max(1_000)))
    .refine((value) => encoder.encode(JSON.stringify(value)).length <= EXTENSIONS_BYTES_MAX, "extensions too large")
    .optional(),
};

export const orderLinkSchema = z.strictObject({
  orderId: posIdSchema,
  system: posIdSchema.optional(),
  action: z.enum(["create", "deposit", "finalPayment", "pickup", "cancel"]),
});

/** What the retail types share: goods, money and who was there. */
const retail = {
  currency: currencySchema,
  /** Minor-unit exponent of `currency`, so that a reader needs no table. */
  exponent: z.number().int().min(0).max(4),
  lines: z.array(lineSchema).max(TRANSACTION_LINES_MAX),
  adjustments: z.array(adjustmentSchema).max(TRANSACTION_LINES_MAX).optional(),
  taxes: z.array(taxSchema).max(100).optional(),
  tenders: z.array(tenderSchema).max(500),
  rounding: z.strictObject({ amount: amountSchema, increment: amountSchema.optional(), basis: z.enum(["cashTender", "total"]) }).optional(),
  reported: reportedTotalsSchema,
  computed: computedTotalsSchema,
  balance: balanceSchema,
  customerRef: pseudonymSchema.optional(),
  loyalty: z
    .strictObject({
      programme: posIdSchema.optional(),
      memberRef: pseudonymSchema.optional(),
      pointsEarned: z.number().int().optional(),
      pointsRedeemed: z.number().int().optional(),
    })
    .optional(),
  employeeSale: z.literal(true).optional(),
  /** For `postVoided`: the receipt that this one reverses. */
  voids: identitySchema.optional(),
  orders: z.array(orderLinkSchema).max(50).optional(),
  fiscal: z
    .strictObject({
      regime: posIdSchema,
      deviceId: posIdSchema.optional(),
      signature: z.string().max(4_000).optional(),
      counter: posIdSchema.optional(),
      qr: z.string().max(4_000).optional(),
      failed: z.literal(true).optional(),
      late: z.literal(true).optional(),
    })
    .optional(),
};

export const retailTransactionSchema = z.strictObject({ transactionType: z.literal("RetailTransaction"), ...common, ...retail });
export const customerOrderSchema = z.strictObject({ transactionType: z.literal("CustomerOrder"), ...common, ...retail });

/** Signing on and off, opening, closing, X and Z reports: no goods and no money move. */
export const controlTransactionSchema = z.strictObject({
  transactionType: z.literal("Control"),
  ...common,
  control: z.strictObject({
    kind: z.enum([
      "storeOpen",
      "storeClose",
      "tillOpen",
      "tillClose",
      "signOn",
      "signOff",
      "noSale",
      "drawerOpen",
      "reprint",
      "priceChange",
      "xReport",
      "zReport",
      "other",
    ]),
    reason: textSchema.optional(),
    reportNumber: posIdSchema.optional(),
    /** The till's own day totals where it prints them: what a shop compares with ours. */
    totals: z
      .strictObject({
        currency: currencySchema,
        exponent: z.number().int().min(0).max(4),
        count: z.number().int().min(0).optional(),
        grand: amountSchema.optional(),
        byTender: z.partialRecord(z.enum(tenderTypes), amountSchema).optional(),
      })
      .optional(),
  }),
});

/** Money that moves without a sale: float, pay-in and pay-out, pick-up, count. */
export const tenderControlTransactionSchema = z.strictObject({
  transactionType: z.literal("TenderControl"),
  ...common,
  tenderControl: z.strictObject({
    kind: z.enum(["paidIn", "paidOut", "loan", "pickup", "safeDrop", "bankDeposit", "tillCount", "other"]),
    reason: textSchema.optional(),
    currency: currencySchema,
    exponent: z.number().int().min(0).max(4),
    amount: amountSchema.optional(),
    overShort: amountSchema.optional(),
    counts: z
      .array(z.strictObject({ type: z.enum(tenderTypes), declared: amountSchema.optional(), expected: amountSchema.optional() }))
      .max(50)
      .optional(),
  }),
});

/**
 * Goods that move without a sale: adjustment, receipt, transfer, count. Quantities are signed as the store's stock changes:
 * what comes in is positive, what goes out negative; of a `count` they are what was found.
 */
export const inventoryTransactionSchema = z.strictObject({
  transactionType: z.literal("Inventory"),
  ...common,
  inventory: z.strictObject({
    kind: z.enum(["adjustment", "receiving", "transferIn", "transferOut", "count", "waste", "other"]),
    reason: textSchema.optional(),
    items: z
      .array(
        z.strictObject({
          itemId: posIdSchema,
          gtin: lineSchema.shape.gtin,
          description: textSchema.optional(),
          quantity: lineSchema.shape.quantity,
        }),
      )
      .max(TRANSACTION_LINES_MAX),
  }),
});

/** Start-up, zero and outage receipts of a fiscal device. */
export const fiscalControlTransactionSchema = z.strictObject({
  transactionType: z.literal("FiscalControl"),
  ...common,
  fiscal: retail.fiscal.unwrap(),
});

/** One step in the life of an order. */
export const orderStatusTransactionSchema = z.strictObject({
  transactionType: z.literal("OrderStatus"),
  ...common,
  orderStatus: orderStatusSchema,
});

/** A member joined a programme, changed or left. */
export const memberChangeTransactionSchema = z.strictObject({
  transactionType: z.literal("MemberChange"),
  ...common,
  memberChange: memberChangeSchema,
});

/** Points, a gift card or promised goods were redeemed, refunded, paid in, or given back to the cloud. Never revised. */
export const storedValueTransactionSchema = z.strictObject({
  transactionType: z.literal("StoredValue"),
  ...common,
  storedValue: storedValueSchema,
});

const types = [
  retailTransactionSchema,
  customerOrderSchema,
  controlTransactionSchema,
  tenderControlTransactionSchema,
  inventoryTransactionSchema,
  fiscalControlTransactionSchema,
  orderStatusTransactionSchema,
  memberChangeTransactionSchema,
  storedValueTransactionSchema,
] as const;

/** Every type that this version knows. A later one adds types: a reader keeps what it does not know for then. */
export const transactionTypes: readonly string[] = types.map((type) => type.shape.transactionType.value);

/** A canonical transaction: the words of ARTS/NRF POSLog, amounts in minor units of `currency`. */
export const transactionSchema = z
  .discriminatedUnion("transactionType", types)
  .refine((t) => !("currency" in t) || currencyExponent(t.currency) === t.exponent, "exponent is not the currency's");

export type Transaction = z.infer<typeof transactionSchema>;
export type TransactionType = Transaction["transactionType"];
export type RetailTransaction = z.infer<typeof retailTransactionSchema>;
export type CustomerOrder = z.infer<typeof customerOrderSchema>;
export type ControlTransaction = z.infer<typeof controlTransactionSchema>;
export type OrderStatusTransaction = z.infer<typeof orderStatusTransactionSchema>;
export type MemberChangeTransaction = z.infer<typeof memberChangeTransactionSchema>;
export type StoredValueTransaction = z.infer<typeof storedValueTransactionSchema>;

/** The types that carry goods and tenders. */
export const isRetail = (t: Transaction): t is RetailTransaction | CustomerOrder =>
  t.transactionType === "RetailTransaction" || t.transactionType === "CustomerOrder";

/** A sale that counts: completed or reversing, no training. What totals, ERP, OMS and loyalty are about. */
export const countsAsSale = (t: Transaction): t is RetailTransaction =>
  t.transactionType === "RetailTransaction" && (t.status === "completed" || t.status === "postVoided") && t.trainingMode !== true;
