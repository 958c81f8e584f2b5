import {
  checkBalance,
  computeTotals,
  type Amount,
  type CapturedTransaction,
  type ReceiptParts,
  type Transaction,
} from "@tillsync/sync-protocol";
import { createHash } from "node:crypto";
import { buildCatalogue, type Article } from "./catalogue.ts";
import { createRandom, type Random } from "./random.ts";

/** Receipts of one till on one day: a busy supermarket lane. */
const SALES_A_DAY = 400;
const FIRST_DAY_MS = Date.UTC(2026, 2, 2);
const DAY_MS = 86_400_000;
const OPENS_AT_S = 8 * 3_600;
const OPEN_FOR_S = 12 * 3_600;
const SCHEMES = ["VISA", "MASTERCARD", "GIROCARD", "MAESTRO"];
/** How many lines a basket has, each as likely as the others: 4 on average. */
const BASKETS = [1, 1, 2, 2, 3, 3, 4, 4, 5, 6, 7, 10];

/** Makes the sales of one till, one after the other, for ever. The n-th sale is the same on every machine. */
export interface SalesGenerator {
  next(): CapturedTransaction;
}

/**
 * Sales of one till, in the order in which it rang them: valid by `transactionSchema`, balanced to the cent, with the
 * fields that a POS with a good export fills. `till` names the workstation and seeds the choice of baskets.
 */
export function createSales(till = 1): SalesGenerator {
  const random = createRandom(1_000 + till);
  const catalogue = buildCatalogue();
  let count = 0;
  return {
    next: () => {
      const sale = buildSale(random, catalogue, till, count);
      count += 1;
      return sale;
    },
  };
}

interface Moment {
  readonly businessDay: string;
  readonly sequence: number;
  readonly begin: string;
  readonly end: string;
}

function buildSale(random: Random, catalogue: readonly Article[], till: number, index: number): CapturedTransaction {
  const moment = momentOf(random, index);
  const lines = Array.from({ length: random.pick(BASKETS) }, (_, i) => buildLine(random, catalogue, i + 1));
  const total = sum(lines.map((line) => line.cents));
  const parts = {
    lines: lines.map((line) => line.line),
    taxes: taxesOf(lines),
    tenders: buildTenders(random, total, lines.length + 1),
    reported: { grand: String(total) as Amount, itemCount: lines.length },
  } as unknown as ReceiptParts;
  const computed = computeTotals(parts);
  const transaction = { ...header(random, till, moment), ...parts, computed, balance: checkBalance(parts, computed) };
  // A test holds that the schema takes these as they are, key by key; a parse here would triple the time of a large fill.
  return { capture: captureOf(till, moment), revision: 1, transaction: transaction as unknown as Transaction };
}

function header(random: Random, till: number, moment: Moment) {
  return {
    transactionType: "RetailTransaction",
    schemaVersion: 1,
    identity: { store: "0117", workstation: String(till), businessDay: moment.businessDay, sequence: String(moment.sequence) },
    status: "completed",
    receiptNumber: `${till}-${moment.businessDay.slice(2).replaceAll("-", "")}-${moment.sequence}`,
    operatorId: String(20 + random.below(6)),
    begin: { local: moment.begin, quality: "local" },
    end: { local: moment.end, quality: "local" },
    currency: "EUR",
    exponent: 2,
  };
}

function momentOf(random: Random, index: number): Moment {
  const inDay = index % SALES_A_DAY;
  const businessDay = isoDay(FIRST_DAY_MS + Math.floor(index / SALES_A_DAY) * DAY_MS);
  const slot = OPEN_FOR_S / SALES_A_DAY;
  const beginS = Math.floor(OPENS_AT_S + inDay * slot + random.next() * slot * 0.3);
  const endS = beginS + 10 + random.below(Math.floor(slot * 0.6));
  return { businessDay, sequence: inDay + 1, begin: `${businessDay}T${clock(beginS)}`, end: `${businessDay}T${clock(endS)}` };
}

const isoDay = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
const clock = (s: number): string => new Date(s * 1_000).toISOString().slice(11, 19);

function buildLine(random: Random, catalogue: readonly Article[], line: number) {
  const article = popular(random, catalogue);
  const quantity = article.weighed ? (50 + random.below(2_000)) / 1_000 : random.chance(0.85) ? 1 : 2 + random.below(4);
  const cents = Math.round(article.priceCents * quantity);
  return {
    cents,
    taxPercent: article.taxPercent,
    line: {
      line,
      action: "sale",
      entryMethod: article.weighed ? "keyed" : "scanned",
      itemType: "stock",
      itemId: article.itemId,
      ...(article.weighed ? {} : { gtin: article.gtin }),
      description: article.description,
      quantity: { value: String(quantity), uom: article.weighed ? "KGM" : "EA" },
      actualUnitPrice: decimalOf(article.priceCents),
      extendedAmount: String(cents),
    },
  };
}

/** A few articles sell all day, most of them rarely. */
function popular(random: Random, catalogue: readonly Article[]): Article {
  const article = catalogue[Math.floor(random.next() ** 2 * catalogue.length)];
  if (article === undefined) throw new Error("an index within the catalogue");
  return article;
}

const decimalOf = (cents: number): string => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, "0")}`;

function taxesOf(lines: readonly { cents: number; taxPercent: number }[]) {
  return [7, 19]
    .map((percent) => ({ percent, gross: sum(lines.filter((line) => line.taxPercent === percent).map((line) => line.cents)) }))
    .filter(({ gross }) => gross > 0)
    .map(({ percent, gross }) => {
      const net = Math.round(gross / (1 + percent / 100));
      return {
        category: percent === 7 ? "B" : "A",
        rate: String(percent),
        taxable: String(net),
        amount: String(gross - net),
        includedInPrice: true,
      };
    });
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);

function buildTenders(random: Random, total: number, line: number) {
  if (random.chance(0.55)) return [cardTender(random, total, line)];
  const given = random.chance(0.3) ? total : Math.ceil(total / 500) * 500;
  const paid = { line, type: "cash", use: "sale", amount: String(given) as Amount };
  return given === total ? [paid] : [paid, { line: line + 1, type: "cash", use: "change", amount: String(total - given) as Amount }];
}

function cardTender(random: Random, total: number, line: number) {
  const card = {
    scheme: random.pick(SCHEMES),
    last4: String(random.below(10_000)).padStart(4, "0"),
    entryMethod: random.chance(0.8) ? "contactless" : "chip",
    authorizationCode: String(random.below(1_000_000)).padStart(6, "0"),
  };
  return { line, type: "card", use: "sale", amount: String(total) as Amount, card };
}

function captureOf(till: number, moment: Moment): CapturedTransaction["capture"] {
  const name = `POSLog_0117_${till}_${moment.businessDay}.xml`;
  const start = (moment.sequence - 1) * 4_096;
  return {
    adapter: "poslog@1.0.0",
    source: { kind: "file", name, sha256: sha256(name), range: [start, start + 4_096] },
  };
}

/** The export of a day is one file that grows; its digest is told once a file, as the watched folder does. */
const digests = new Map<string, string>();
function sha256(name: string): string {
  const known = digests.get(name);
  if (known !== undefined) return known;
  const digest = createHash("sha256").update(name).digest("base64url");
  digests.clear();
  digests.set(name, digest);
  return digest;
}
