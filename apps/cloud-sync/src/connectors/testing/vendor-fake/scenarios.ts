import {
  checkBalance,
  computeTotals,
  naturalKey,
  transactionSchema,
  type ReceiptParts,
  type RetailTransaction,
} from "@tillsync/sync-protocol";
import { deliveryIdentity } from "../../../destinations/delivery-identity.ts";
import type { DeliveryItem, EarlierReceipt } from "../../connector.ts";

/** Items in their order; the last is the one that meets misbehaviours. */
export interface Scenario {
  readonly name: string;
  /** Another member's sale, sent before when there has to be another's answer to mix up. */
  readonly stranger: DeliveryItem;
  readonly items: readonly DeliveryItem[];
}

export const MEMBER = "memberAaaaaaaaaaaaaaaa";
export const OTHER_MEMBER = "memberBbbbbbbbbbbbbbbb";

/** The member's points before anything happens: enough to burn from. */
export const POINTS_BEFORE = 1_000;

interface Wish {
  readonly sequence: string;
  readonly lines: readonly object[];
  readonly tenders: readonly object[];
  readonly adjustments?: readonly object[];
  readonly rounding?: { amount: string; basis: "total" };
  readonly loyalty?: object;
  readonly status?: "completed" | "postVoided";
  readonly voids?: object;
}

/** A balanced receipt: totals are computed from its parts. */
export function receipt(wish: Wish, receivedAtMs: number, over: Partial<DeliveryItem> = {}): DeliveryItem {
  const { sequence, ...rest } = wish;
  const identity = { store: "9", workstation: "31", businessDay: "2026-11-20", sequence };
  const draft = {
    schemaVersion: 1,
    transactionType: "RetailTransaction",
    identity,
    status: "completed",
    currency: "EUR",
    exponent: 2,
    ...rest,
  };
  const parts = { ...draft, reported: {} } as unknown as ReceiptParts;
  const computed = computeTotals(parts);
  const reported = { grand: computed.grand };
  const balance = checkBalance({ ...parts, reported }, computed);
  const transaction = transactionSchema.parse({ ...draft, reported, computed, balance });
  const key = naturalKey(transaction.identity);
  const revision = over.revision ?? 1;
  return {
    identity: deliveryIdentity(key, revision),
    naturalKey: key,
    revision,
    supersedes: undefined,
    orderingKey: key,
    shard: "main",
    tpos: Number(sequence),
    terminal: "till-1",
    store: "store-1",
    receivedAtMs,
    transaction,
    replay: false,
    ...over,
  };
}

const earlier = ({ identity, naturalKey: key, transaction }: DeliveryItem): EarlierReceipt => ({ identity, naturalKey: key, transaction });

const line = (n: number, itemId: string, amount: string, quantity: string, more: object = {}): object => ({
  line: n,
  action: amount.startsWith("-") ? "return" : "sale",
  itemType: "stock",
  itemId,
  description: `Article ${itemId}`,
  quantity: { value: quantity, uom: "EA" },
  extendedAmount: amount,
  ...more,
});
const cash = (amount: string, n = 90, use = amount.startsWith("-") ? "refund" : "sale"): object => ({ line: n, type: "cash", use, amount });
const card = (amount: string, n = 91): object => ({
  line: n,
  type: "card",
  use: amount.startsWith("-") ? "refund" : "sale",
  amount,
  card: { scheme: "VISA", last4: "4242", authorizationCode: "A77" },
});
const vat = (rate: string, amount: string, includedInPrice = true): object => ({ rate, amount, includedInPrice });
const identityOf = (item: DeliveryItem): RetailTransaction["identity"] => item.transaction.identity;

/** What happens at tills, as connectors meet it. */
export function makeScenarios(nowMs: number): Scenario[] {
  const stranger = receipt(
    { sequence: "900", lines: [line(1, "pear", "310", "1")], tenders: [cash("310")], ...memberOf(3, 0, OTHER_MEMBER) },
    nowMs,
  );
  const plain = receipt({ sequence: "1", lines: [line(1, "apple", "1250", "1")], tenders: [cash("1250")] }, nowMs);
  const member = memberSale(nowMs, "4");
  const scenario = (name: string, ...items: DeliveryItem[]): Scenario => ({ name, stranger, items });
  return [
    scenario("a sale", plain),
    scenario("a sale with several tenders, two taxes, a discount and rounding", manySided(nowMs)),
    scenario("a sale with taxes on top", taxOnTop(nowMs)),
    scenario("a member's sale that earns and burns points", member),
    scenario("a return that names its sale and gives points back", member, memberReturn(member, nowMs)),
    scenario("a return without a receipt", blindReturn(nowMs)),
    scenario("an exchange", member, exchange(member, nowMs)),
    scenario("an even exchange", member, evenExchange(member, nowMs)),
    scenario("a post-void of a member's sale", member, postVoid(member, nowMs)),
    scenario("a revision of a member's sale", member, revision(member, nowMs)),
    scenario("a post-void of a return", member, memberReturn(member, nowMs), postVoid(memberReturn(member, nowMs), nowMs)),
  ];
}

const memberOf = (pointsEarned: number, pointsRedeemed: number, memberRef = MEMBER): { loyalty: object } => ({
  loyalty: { programme: "club", memberRef, pointsEarned, pointsRedeemed },
});

const manySided = (nowMs: number): DeliveryItem =>
  receipt(
    {
      sequence: "2",
      lines: [
        line(1, "coffee", "1198", "2", { taxes: [vat("7", "78")], actualUnitPrice: "5.99" }),
        line(2, "mug", "1499", "1", { taxes: [vat("19", "239")] }),
        line(3, "ham", "731", "0.305", { taxes: [vat("7", "48")], quantity: { value: "0.305", uom: "KG" } }),
        line(4, "bag", "30", "1"),
        line(5, "bag", "-30", "-1", { action: "void", voidsLine: 4 }),
      ],
      adjustments: [{ kind: "coupon", amount: "-200", included: false }],
      rounding: { amount: "-3", basis: "total" },
      tenders: [
        card("1000"),
        { line: 92, type: "giftCard", use: "sale", amount: "1500", giftCard: { maskedNumber: "****77" } },
        cash("800"),
        cash("-75", 93, "change"),
      ],
    },
    nowMs,
  );

const taxOnTop = (nowMs: number): DeliveryItem =>
  receipt(
    {
      sequence: "3",
      lines: [
        line(1, "shirt", "1999", "1", { taxes: [vat("8.875", "177", false)] }),
        line(2, "socks", "999", "3", { taxes: [vat("8.875", "89", false)] }),
      ],
      tenders: [card("3264")],
    },
    nowMs,
  );

const memberSale = (nowMs: number, sequence: string): DeliveryItem =>
  receipt(
    {
      sequence,
      lines: [line(1, "coffee", "1198", "2", { taxes: [vat("7", "78")] }), line(2, "mug", "1500", "1", { taxes: [vat("19", "239")] })],
      tenders: [card("2000"), cash("698")],
      ...memberOf(27, 100),
    },
    nowMs,
  );

const memberReturn = (sale: DeliveryItem, nowMs: number): DeliveryItem =>
  receipt(
    {
      sequence: "5",
      lines: [line(1, "mug", "-1500", "-1", { taxes: [vat("19", "-239")], returnOf: identityOf(sale) })],
      tenders: [card("-1500")],
      ...memberOf(-15, 0),
    },
    nowMs,
    { orderingKey: sale.orderingKey },
  );

const blindReturn = (nowMs: number): DeliveryItem =>
  receipt({ sequence: "6", lines: [line(1, "apple", "-1250", "-1")], tenders: [cash("-1250")] }, nowMs);

const exchange = (sale: DeliveryItem, nowMs: number): DeliveryItem =>
  receipt(
    {
      sequence: "7",
      lines: [
        line(1, "mug", "-1500", "-1", { taxes: [vat("19", "-239")], returnOf: identityOf(sale) }),
        line(2, "pot", "2400", "1", { taxes: [vat("19", "383")] }),
      ],
      tenders: [cash("900")],
      ...memberOf(9, 0),
    },
    nowMs,
    { orderingKey: sale.orderingKey },
  );

const evenExchange = (sale: DeliveryItem, nowMs: number): DeliveryItem =>
  receipt(
    {
      sequence: "8",
      lines: [line(1, "mug", "-1500", "-1", { returnOf: identityOf(sale) }), line(2, "mug-blue", "1500", "1")],
      tenders: [],
    },
    nowMs,
    { orderingKey: sale.orderingKey },
  );

const postVoid = (voided: DeliveryItem, nowMs: number): DeliveryItem => {
  const { lines, tenders, loyalty } = voided.transaction as RetailTransaction;
  return receipt(
    { sequence: "9", lines, tenders, ...(loyalty === undefined ? {} : { loyalty }), status: "postVoided", voids: identityOf(voided) },
    nowMs,
    { orderingKey: voided.orderingKey, voided: earlier(voided) },
  );
};

const revision = (sale: DeliveryItem, nowMs: number): DeliveryItem =>
  receipt(
    {
      sequence: "4",
      lines: [line(1, "coffee", "1198", "2", { taxes: [vat("7", "78")] }), line(2, "mug", "1300", "1", { taxes: [vat("19", "208")] })],
      tenders: [card("2000"), cash("498")],
      ...memberOf(25, 100),
    },
    nowMs,
    { revision: 2, supersedes: sale.identity, previous: earlier(sale) },
  );
