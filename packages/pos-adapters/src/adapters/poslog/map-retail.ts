import {
  checkBalance,
  computeTotals,
  identitySchema,
  negateAmount,
  type Adjustment,
  type Balance,
  type Line,
  type ReportedTotals,
  type Tax,
  type Tender,
} from "@tillsync/sync-protocol";
import { given, linksOf, mapHeader, mapReference, VOID_REASON, type Header } from "./map-header.ts";
import { mapAdjustments } from "./map-adjustments.ts";
import { mapCustomer } from "./map-customer.ts";
import { mapLines } from "./map-lines.ts";
import { mapHeaderTaxes } from "./map-tax.ts";
import { mapTenders } from "./map-tenders.ts";
import { mapReported, readRounding } from "./map-totals.ts";
import type { MapSettings } from "./map-transaction.ts";
import { readMoney, type Money } from "./money.ts";
import { readingsOf, type Reading } from "./readings.ts";
import type { XmlNode } from "./read-tree.ts";
import { attributeOf, textOf } from "./tree.ts";
import { negateParts } from "./negate-parts.ts";

/** The parts of a receipt that money depends on, under one reading. */
export interface RetailParts {
  readonly lines: Line[];
  readonly adjustments: Adjustment[];
  readonly taxes: Tax[];
  readonly tenders: Tender[];
  readonly rounding?: { amount: Line["extendedAmount"]; basis: "cashTender" | "total" };
  readonly reported: ReportedTotals;
}

/** What the mapping of the parts of one receipt shares. */
export interface RetailScope {
  readonly transaction: XmlNode;
  readonly body: XmlNode;
  readonly money: Money;
  readonly settings: MapSettings;
  readonly header: Header;
}

/**
 * Maps a receipt. Signs are normalised by the dialect's habits and proven by the balance: where a receipt of a dialect
 * that is not fully known does not add up, other readings are tried, and the first that agrees with the printed total and
 * the tenders to the last minor unit is taken. If none does, the dialect's own reading stands with `balance.mismatch`.
 */
export function mapRetail(
  type: "RetailTransaction" | "CustomerOrder",
  transaction: XmlNode,
  body: XmlNode,
  settings: MapSettings,
): unknown {
  const header = mapHeader(transaction, body, settings);
  const scope: RetailScope = { transaction, body, header, settings, money: readMoney(transaction, body, settings.config.defaultCurrency) };
  const { parts, balance } = chooseReading(scope);
  const voids = voidedIdentity(scope);
  return {
    transactionType: type,
    ...header,
    ...scope.money,
    lines: parts.lines,
    ...given("adjustments", nonEmpty(parts.adjustments)),
    ...given("taxes", nonEmpty(parts.taxes)),
    tenders: parts.tenders,
    ...given("rounding", parts.rounding),
    reported: parts.reported,
    computed: computeTotals(parts),
    balance,
    ...mapCustomer(body, transaction, settings),
    ...given("voids", voids),
    ...given("orders", mapOrders(type, body)),
  };
}

function chooseReading(scope: RetailScope): { parts: RetailParts; balance: Balance } {
  let first: { parts: RetailParts; balance: Balance } | undefined;
  for (const reading of readingsOf(scope.settings.dialect)) {
    const parts = readParts(scope, reading);
    const balance = checkBalance(parts, computeTotals(parts));
    if (balance.state !== "mismatch") return { parts, balance };
    first ??= { parts, balance };
  }
  if (first === undefined) throw new Error("a dialect has at least one reading");
  return first;
}

function readParts(scope: RetailScope, reading: Reading): RetailParts {
  const lines = mapLines(scope, reading);
  const rounding = reading.rounding ? readRounding(scope) : undefined;
  const parts: RetailParts = {
    lines,
    adjustments: mapAdjustments(scope, reading),
    taxes: mapHeaderTaxes(scope, reading),
    tenders: mapTenders(scope, reading),
    ...given("rounding", rounding),
    reported: reading.grandNegated ? negateGrand(mapReported(scope)) : mapReported(scope),
  };
  return scope.header.status === "postVoided" ? asReversal(parts) : parts;
}

/**
 * A post-void takes off what its sale put on. Some tills write it with opposite signs already, others repeat the sale as
 * it was: that is seen by a grand total that is still positive.
 */
function asReversal(parts: RetailParts): RetailParts {
  const grand = parts.reported.grand ?? computeTotals(parts).grand;
  return grand.startsWith("-") || grand === "0" ? parts : negateParts(parts);
}

const negateGrand = (reported: ReportedTotals): ReportedTotals =>
  reported.grand === undefined ? reported : { ...reported, grand: negateAmount(reported.grand) };

/** The receipt that a post-void reverses. What its link leaves out is taken from the post-void itself: it is the same till and day. */
function voidedIdentity({ transaction, body, header }: RetailScope): unknown {
  if (header.status !== "postVoided") return undefined;
  const links = linksOf(transaction, body);
  const link = links.find((node) => VOID_REASON.test(attributeOf(node, "ReasonCode") ?? textOf(node, "ReasonCode") ?? "")) ?? links[0];
  if (link === undefined) return undefined;
  const { store, workstation, businessDay, sequence } = mapReference(link);
  const own = header.identity;
  const identity = identitySchema.safeParse({
    store: store ?? own.store,
    workstation: workstation ?? own.workstation,
    businessDay: businessDay ?? own.businessDay,
    sequence,
  });
  return identity.success ? identity.data : undefined;
}

function mapOrders(type: string, body: XmlNode): unknown {
  const orderId = textOf(body, "CustomerOrderID") ?? textOf(body, "OrderID") ?? textOf(body, "SpecialOrderNumber");
  if (orderId === undefined) return undefined;
  return [{ orderId: orderId.slice(0, 100), action: type === "CustomerOrder" ? orderAction(body) : "finalPayment" }];
}

function orderAction(body: XmlNode): string {
  const stated = (attributeOf(body, "TypeCode") ?? attributeOf(body, "Action") ?? textOf(body, "ActionCode") ?? "").toLowerCase();
  if (stated.includes("cancel")) return "cancel";
  if (stated.includes("pick")) return "pickup";
  return stated.includes("deposit") ? "deposit" : stated.includes("final") ? "finalPayment" : "create";
}

const nonEmpty = <T>(list: readonly T[]): readonly T[] | undefined => (list.length === 0 ? undefined : list);
