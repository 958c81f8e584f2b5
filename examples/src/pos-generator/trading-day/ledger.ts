import { formatAmount, isRetail, naturalKey, type Amount, type RetailTransaction, type Transaction } from "@tillsync/sync-protocol";
import { sum } from "../money.ts";
import { MEMBERS, NEW_MEMBERS, OPENING_POINTS, TAX_RATES, TENDERS, type TaxRate, type TenderType } from "./assortment.ts";
import { dayKinds, type DayEntry, type DayKind, type MemberState, type OrderState } from "./day-state.ts";
import { quantityText } from "./build-receipt.ts";

/** A count and its money in minor units. */
export interface CountAndGrand {
  readonly count: number;
  readonly grand: Amount;
}

/** A receipt that the books hold when the day is over. */
export interface StandingReceipt {
  readonly naturalKey: string;
  /** The revision that stands; earlier ones were taken back. */
  readonly revision: number;
  readonly kind: DayKind;
  readonly grand: Amount;
  readonly transaction: RetailTransaction;
}

/** What systems must hold when they have taken the whole day. All amounts are minor units of the day's currency. */
export interface ExpectedDay {
  /** Records by what they are; those of a later revision are under `revision` alone. */
  readonly byKind: Readonly<Record<DayKind | "revision", CountAndGrand>>;
  readonly books: {
    /** Documents that were posted in the course of the day, and those of them that were taken back in full. */
    readonly posted: CountAndGrand;
    readonly reversed: CountAndGrand;
    /** What is left: `posted` less `reversed`. */
    readonly standing: readonly StandingReceipt[];
    readonly net: Amount;
    readonly byTender: Readonly<Record<TenderType, Amount>>;
    /** Of what stands, lines net of receipt discounts; `taxable` is with the tax where prices hold it. */
    readonly byTax: Readonly<Record<TaxRate, { readonly amount: Amount; readonly taxable: Amount }>>;
    /** Goods out less goods in, as decimal text. */
    readonly quantities: Readonly<Record<string, string>>;
  };
  /** By member, all of them: what receipts that stand earned and were paid with; `balance` starts at `openingPoints`. */
  readonly points: Readonly<Record<string, { readonly earned: number; readonly redeemed: number; readonly balance: number }>>;
  /** Where each order of the day stands, by its number. */
  readonly orders: Readonly<Record<string, OrderState>>;
  /** Members of whom something was told. */
  readonly members: Readonly<Record<string, MemberState>>;
  /** As `cloud-sync status` shows it: latest revisions of all receipts that count, voids included. */
  readonly gross: string;
}

/** Keeps the books of the day as it goes, from what the shop did and not from what a receiver makes of it. */
export interface Ledger {
  note(entry: DayEntry): void;
  /** What stands now, of one till or of all. */
  standing(workstation?: string): StandingReceipt[];
  read(told: Told): ExpectedDay;
}

/** What the day has told of orders and members. */
export interface Told {
  readonly orders: ReadonlyMap<string, OrderState>;
  readonly members: ReadonlyMap<string, MemberState>;
}

/** What a member has before the day. */
export const openingPoints = (ref: string): number => (NEW_MEMBERS.some((member) => member === ref) ? 0 : OPENING_POINTS);

interface Tally {
  count: number;
  grand: bigint;
}

export function openLedger(): Ledger {
  const standing = new Map<string, StandingReceipt>();
  const byKind = new Map<string, Tally>();
  const posted: Tally = { count: 0, grand: 0n };
  const reversed: Tally = { count: 0, grand: 0n };
  const takeBack = (key: string): void => {
    const receipt = standing.get(key);
    if (receipt === undefined) return;
    standing.delete(key);
    add(reversed, receipt.grand);
  };
  const list = (workstation?: string): StandingReceipt[] =>
    [...standing.values()].filter((receipt) => workstation === undefined || receipt.transaction.identity.workstation === workstation);
  return {
    note: (entry) => {
      const grand = grandOf(entry.transaction);
      add(tallyOf(byKind, entry.revision === 1 ? entry.kind : "revision"), grand);
      if (entry.revision > 1) takeBack(entry.naturalKey);
      if (entry.kind === "postVoid") takeBack(voidedKey(entry.transaction));
      else if (isBooked(entry)) {
        standing.set(entry.naturalKey, { ...entry, transaction: entry.transaction, grand });
        add(posted, grand);
      }
    },
    standing: list,
    read: (told) => ({
      ...readLedger(list(), byKind, posted, reversed),
      orders: Object.fromEntries(told.orders),
      members: Object.fromEntries(told.members),
    }),
  };
}

const bookedKinds: readonly DayKind[] = ["sale", "pickup", "return", "blindReturn", "exchange"];

const isBooked = (entry: DayEntry): entry is DayEntry & { transaction: RetailTransaction } =>
  bookedKinds.includes(entry.kind) && entry.transaction.status === "completed";

const grandOf = (transaction: Transaction): Amount => (isRetail(transaction) ? transaction.computed.grand : ("0" as Amount));

function voidedKey(transaction: Transaction): string {
  if (!isRetail(transaction) || transaction.voids === undefined) throw new Error("a post-void names what it voids");
  return naturalKey(transaction.voids);
}

function tallyOf(tallies: Map<string, Tally>, name: string): Tally {
  const tally = tallies.get(name) ?? { count: 0, grand: 0n };
  tallies.set(name, tally);
  return tally;
}

function add(tally: Tally, grand: Amount): void {
  tally.count += 1;
  tally.grand += BigInt(grand);
}

const amount = (minor: bigint): Amount => minor.toString() as Amount;
const printTally = (tally: Tally | undefined): CountAndGrand => ({ count: tally?.count ?? 0, grand: amount(tally?.grand ?? 0n) });

function readLedger(
  standing: StandingReceipt[],
  byKind: Map<string, Tally>,
  posted: Tally,
  reversed: Tally,
): Omit<ExpectedDay, keyof Told> {
  const net = sum(standing.map((receipt) => BigInt(receipt.grand)));
  return {
    byKind: Object.fromEntries([...dayKinds, "revision"].map((kind) => [kind, printTally(byKind.get(kind))])) as ExpectedDay["byKind"],
    books: {
      posted: printTally(posted),
      reversed: printTally(reversed),
      standing,
      net: amount(net),
      byTender: sumTenders(standing),
      byTax: sumTaxes(standing),
      quantities: sumQuantities(standing),
    },
    points: sumPoints(standing),
    gross: formatAmount(amount(net), 2),
  };
}

/** Money that standing receipts brought, by tender type. */
export const sumTenders = (standing: readonly StandingReceipt[]): Record<TenderType, Amount> =>
  Object.fromEntries(
    TENDERS.map((type) => {
      const own = standing.flatMap(({ transaction }) => transaction.tenders.filter((tender) => tender.type === type));
      return [type, amount(sum(own.map((tender) => BigInt(tender.amount))))];
    }),
  ) as Record<TenderType, Amount>;

const sumTaxes = (standing: readonly StandingReceipt[]): ExpectedDay["books"]["byTax"] =>
  Object.fromEntries(
    TAX_RATES.map((rate) => {
      const own = standing.flatMap(({ transaction }) => (transaction.taxes ?? []).filter((tax) => tax.rate === rate));
      const total = (part: "amount" | "taxable"): Amount => amount(sum(own.map((tax) => BigInt(tax[part] ?? "0"))));
      return [rate, { amount: total("amount"), taxable: total("taxable") }];
    }),
  ) as unknown as ExpectedDay["books"]["byTax"];

function sumQuantities(standing: readonly StandingReceipt[]): Record<string, string> {
  const totals = new Map<string, bigint>();
  for (const line of standing.flatMap(({ transaction }) => transaction.lines))
    totals.set(line.itemId, (totals.get(line.itemId) ?? 0n) + milliOf(line.quantity.value));
  return Object.fromEntries([...totals].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([item, milli]) => [item, quantityText(milli)]));
}

/** Thousandths of decimal text with at most three decimals. */
function milliOf(value: string): bigint {
  const [whole = "0", fraction = ""] = value.replace("-", "").split(".");
  const milli = BigInt(whole) * 1_000n + BigInt(fraction.padEnd(3, "0"));
  return value.startsWith("-") ? -milli : milli;
}

function sumPoints(standing: readonly StandingReceipt[]): ExpectedDay["points"] {
  return Object.fromEntries(
    [...MEMBERS, ...NEW_MEMBERS].map((ref) => {
      const own = standing.flatMap(({ transaction: { loyalty } }) => (loyalty?.memberRef === ref ? [loyalty] : []));
      const earned = own.reduce((total, loyalty) => total + (loyalty.pointsEarned ?? 0), 0);
      const redeemed = own.reduce((total, loyalty) => total + (loyalty.pointsRedeemed ?? 0), 0);
      return [ref, { earned, redeemed, balance: openingPoints(ref) + earned - redeemed }];
    }),
  );
}
