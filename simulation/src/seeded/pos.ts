import type { Transaction } from "@tillsync/sync-protocol";
import { makeSale } from "../../../apps/edge-agent/src/journal/testing/sales.ts";

/** POS store numbers: one that the terminals may write, and one that they may not. */
export const ALLOWED_STORE = "17";
export const FOREIGN_STORE = "99";

/** What a POS wrote, in order. A receipt may be written again with other content; the file stays and can be read again. */
export type PosRecord =
  | { readonly kind: "receipt"; readonly receipt: number; readonly content: number; readonly store: string }
  /** An entry whose content the cloud cannot read: of a schema version to come, or of a type to come. */
  | { readonly kind: "unreadable-entry" | "unknown-type"; readonly number: number };

/** One till's POS and all that it ever wrote: the truth that the cloud must show in the end. */
export class Pos {
  readonly workstation: string;
  readonly records: PosRecord[] = [];
  /** Content of each receipt, by what was written in turn; never twice the same in a row. */
  readonly receipts: { readonly store: string; readonly contents: number[] }[] = [];

  constructor(workstation: string) {
    this.workstation = workstation;
  }

  sell(store: string): void {
    this.receipts.push({ store, contents: [0] });
    this.records.push({ kind: "receipt", receipt: this.receipts.length - 1, content: 0, store });
  }

  /** Writes a receipt again: with new content, or with the content that it had before the last change. */
  changeReceipt(receipt: number, back: boolean): void {
    const known = this.receipts[receipt];
    if (known === undefined) return;
    const { contents } = known;
    const content = back && contents.length > 1 ? contents.at(-2)! : Math.max(...contents) + 1;
    contents.push(content);
    this.records.push({ kind: "receipt", receipt, content, store: known.store });
  }

  writeBad(kind: "unreadable-entry" | "unknown-type"): void {
    this.records.push({ kind, number: this.records.length });
  }
}

const DAY = "2026-03-02";

export const keyOf = (pos: Pos, receipt: number): string => `${pos.receipts[receipt]?.store}/${pos.workstation}/${DAY}/${receipt + 1}`;

/** Grand total in minor units: tells receipt and content apart, so that a sum of sums cannot be right by luck. */
export const grandOf = (receipt: number, content: number): number => 1_000 + receipt * 101 + content;

export const transactionOf = (pos: Pos, record: Extract<PosRecord, { kind: "receipt" }>): Transaction =>
  makeSale({
    sequence: record.receipt + 1,
    day: DAY,
    store: record.store,
    workstation: pos.workstation,
    prices: [1_000, record.receipt * 101 + record.content],
  });
