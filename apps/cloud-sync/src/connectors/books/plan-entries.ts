import { sumAmounts, type RetailTransaction, type Tax } from "@tillsync/sync-protocol";
import type { DeliveryItem } from "../connector.ts";
import { netTenders } from "../documents/net-tenders.ts";
import { planDocuments, type PlannedDocument } from "../documents/plan-documents.ts";
import { isEmpty, saleParts, sum, type GoodsLine } from "../documents/sale-parts.ts";
import type { Translation } from "../mapping/translate.ts";
import type { BooksHead, Planned } from "./bring-books.ts";

/** A line of a journal entry. One of the two is above zero, in minor units. */
export interface EntryLine {
  /** The receiver's account. */
  readonly account: string;
  readonly label: string;
  readonly debit: bigint;
  readonly credit: bigint;
}

/** A receipt as one balanced journal entry: what its tenders took against sales, taxes and what else makes up its total. */
export interface EntryDocument extends BooksHead {
  readonly naturalKey: string;
  readonly store: string;
  /** `YYYY-MM-DD`. */
  readonly businessDay: string;
  readonly exponent: number;
  readonly lines: readonly EntryLine[];
}

/** What an item means for a general ledger: an entry for each document, a reversal being the same entry the other way. Pure. */
export function planEntries(item: DeliveryItem, translation: Translation): Planned<EntryDocument> {
  const documents = planDocuments(item).filter(({ transaction }) => !isEmpty(saleParts(transaction)));
  const entries = documents.map((document) => planEntry(document, translation));
  if (translation.missing.length > 0) return { kind: "mapping-missing", missing: translation.missing };
  if (entries.some(({ isBalanced }) => !isBalanced))
    return { kind: "rejected", detail: "the receipt's tenders do not sum to its total: it is no balanced entry" };
  // Goods for nothing move no money, and an entry without lines is none.
  const made = entries.map(({ entry }) => entry).filter(({ lines }) => lines.length > 0);
  return made.length === 0 ? { kind: "nothing", reason: "no money" } : { kind: "plan", documents: made };
}

function planEntry(document: PlannedDocument, translation: Translation): { readonly entry: EntryDocument; readonly isBalanced: boolean } {
  const { role, reference, naturalKey, transaction } = document;
  const { identity, currency, exponent } = transaction;
  const sign = role === "post" ? 1n : -1n;
  const parts = saleParts(transaction);
  const taken = netTenders(transaction, (tender) => translation.tender(tender)).map(({ code, label, amount }) => ({
    account: code,
    label,
    amount,
  }));
  const earned = [
    ...earnings(parts.sold, parts.returned, transaction, translation),
    ...parts.extras.map(({ label, amount }) => ({ account: translation.account(label), label, amount: -amount })),
  ];
  const all = merge([...taken, ...earned]).map((one) => ({ ...one, amount: one.amount * sign }));
  const lines = all.map(({ account, label, amount }) => ({
    account,
    label,
    debit: amount > 0n ? amount : 0n,
    credit: amount < 0n ? -amount : 0n,
  }));
  const money = parts.grand * sign;
  const entry = {
    reference,
    naturalKey,
    store: translation.store(identity.store),
    businessDay: identity.businessDay,
    currency,
    exponent,
    lines,
  };
  return {
    entry: { ...entry, money, total: sum(lines.map(({ debit }) => debit)) },
    isBalanced: sum(all.map(({ amount }) => amount)) === 0n,
  };
}

/** An account's share, above zero for a debit. */
interface Posting {
  readonly account: string;
  readonly label: string;
  readonly amount: bigint;
}

/** Sales by tax, and the taxes: credits for what was sold, debits for what came back. */
function earnings(
  sold: readonly GoodsLine[],
  returned: readonly GoodsLine[],
  transaction: RetailTransaction,
  translation: Translation,
): Posting[] {
  const goods = [...sold.map((one) => ({ ...one, way: 1n })), ...returned.map((one) => ({ ...one, way: -1n }))];
  const ofLines = goods.flatMap(({ line, gross, way }) => {
    const taxes = line.taxes ?? [];
    const tax = BigInt(sumAmounts(taxes.map(({ amount }) => amount)));
    const name = taxes[0]?.rate ?? "none";
    return [
      { account: translation.account("sales"), label: `sales ${name}`, amount: tax - gross * way },
      ...taxes.map((one) => taxPosting(one, translation)),
    ];
  });
  // Taxes that are told for the whole receipt alone are part of its prices.
  const isWhole = transaction.lines.every(({ taxes }) => taxes === undefined);
  const ofWhole = (isWhole ? (transaction.taxes ?? []) : []).filter(({ includedInPrice }) => includedInPrice);
  const sales = { account: ofWhole.length === 0 ? "" : translation.account("sales"), label: "sales none" };
  return [...ofLines, ...ofWhole.flatMap((tax) => [{ ...sales, amount: BigInt(tax.amount) }, taxPosting(tax, translation)])];
}

const taxPosting = (tax: Tax, translation: Translation): Posting => ({
  account: translation.tax(tax),
  label: `tax ${tax.rate ?? tax.category ?? ""}`.trim(),
  amount: -BigInt(tax.amount),
});

function merge(postings: readonly Posting[]): Posting[] {
  const merged = new Map<string, Posting>();
  for (const one of postings) {
    const key = `${one.account} ${one.label}`;
    merged.set(key, { ...one, amount: one.amount + (merged.get(key)?.amount ?? 0n) });
  }
  return [...merged.values()].filter(({ amount }) => amount !== 0n);
}
