import type { OrderStatus } from "../model/order-status.ts";
import type { Transaction } from "../model/transaction.ts";
import { transactionSchema } from "../model/transaction.ts";

/** A sale of four lines and two tenders, of the size that a till writes most. */
export const sampleSale = (sequence = "114"): Transaction =>
  transactionSchema.parse({
    schemaVersion: 1,
    transactionType: "RetailTransaction",
    identity: { store: "9", workstation: "31", businessDay: "2017-10-01", sequence },
    status: "completed",
    receiptNumber: "0009-31-0114",
    operatorId: "o-17",
    begin: { local: "2017-10-01T09:12:44", quality: "local" },
    end: { local: "2017-10-01T09:13:20", quality: "local" },
    currency: "EUR",
    exponent: 2,
    lines: [
      {
        line: 1,
        action: "sale",
        itemType: "stock",
        itemId: "4011",
        description: "Bananas",
        quantity: { value: "0.842", uom: "KGM" },
        regularUnitPrice: "1.99",
        extendedAmount: "168",
        taxes: [{ category: "A", rate: "7", amount: "11", includedInPrice: true }],
      },
      {
        line: 2,
        action: "sale",
        itemType: "stock",
        itemId: "5901234123457",
        gtin: "05901234123457",
        description: "Milk 1 l",
        quantity: { value: "2", uom: "EA" },
        extendedAmount: "258",
      },
      {
        line: 3,
        action: "sale",
        itemType: "stock",
        itemId: "77",
        description: "Bread",
        quantity: { value: "1", uom: "EA" },
        extendedAmount: "349",
      },
      {
        line: 4,
        action: "sale",
        itemType: "deposit",
        itemId: "900",
        description: "Deposit",
        quantity: { value: "1", uom: "EA" },
        extendedAmount: "25",
      },
    ],
    tenders: [
      { line: 5, type: "cash", use: "sale", amount: "1000" },
      { line: 6, type: "cash", use: "change", amount: "-200" },
    ],
    taxes: [{ category: "A", rate: "7", taxable: "764", amount: "36", includedInPrice: true }],
    reported: { grand: "800", tax: "36", change: "200" },
    computed: { lines: "800", adjustments: "0", exclusiveTax: "0", grand: "800", tenders: "800" },
    balance: { state: "ok" },
  });

/** A step of order 4711 of the web shop; `more` adds to what it tells. */
export const sampleOrderStatus = (status: OrderStatus, more: object = {}, sequence = "200"): Transaction =>
  transactionSchema.parse({
    schemaVersion: 1,
    transactionType: "OrderStatus",
    identity: { store: "9", workstation: "31", businessDay: "2017-10-01", sequence },
    status: "completed",
    orderStatus: { orderId: "4711", system: "webshop", status, at: { local: "2017-10-01T11:20:00", quality: "local" }, ...more },
  });

/** A member who joins; `more` adds to what is told. */
export const sampleMemberChange = (more: object = {}, sequence = "210"): Transaction =>
  transactionSchema.parse({
    schemaVersion: 1,
    transactionType: "MemberChange",
    identity: { store: "9", workstation: "31", businessDay: "2017-10-01", sequence },
    status: "completed",
    memberChange: { memberRef: "demo-member-0000000001", kind: "enrolled", ...more },
  });
