import type { RetailTransaction, Tender } from "@tillsync/sync-protocol";
import { sum } from "./sale-parts.ts";

/** Money of one kind that came in (above zero) or went out, tips apart; change is set off against what it was given on. */
export interface NetTender {
  /** The receiver's name for the kind of tender. */
  readonly code: string;
  readonly label: string;
  readonly amount: bigint;
  readonly tip: bigint;
}

/** Sums tenders of one kind, in the order in which they were first given. */
export function netTenders(transaction: RetailTransaction, translate: (tender: Tender) => string): NetTender[] {
  const kinds = new Map<string, { code: string; label: string; tenders: Tender[] }>();
  for (const tender of transaction.tenders) {
    const scheme = tender.card?.scheme;
    const label = scheme === undefined ? tender.type : `${tender.type} ${scheme}`;
    const kind = kinds.get(label) ?? { code: translate(tender), label, tenders: [] };
    kind.tenders.push(tender);
    kinds.set(label, kind);
  }
  return [...kinds.values()]
    .map(({ code, label, tenders }) => {
      const tip = sum(tenders.map((tender) => BigInt(tender.tip ?? "0")));
      return { code, label, amount: sum(tenders.map((tender) => BigInt(tender.amount))) - tip, tip };
    })
    .filter(({ amount, tip }) => amount !== 0n || tip !== 0n);
}
