import type { Epoch, HlcText, ReceiptStory, Seq, StoreId, TerminalId } from "@tillsync/sync-protocol";

/** A row of the transaction log with all that folds ask of it. */
export interface FoldRow {
  readonly shard: string;
  readonly tpos: number;
  readonly terminal: TerminalId;
  readonly epoch: Epoch;
  readonly seq: Seq;
  /** The cloud's name of the store. */
  readonly store: StoreId;
  /** When the record was written, and when what it tells happened: of a revision, the first one's time. */
  readonly hlc: HlcText;
  readonly happenedAt: HlcText;
  readonly story: ReceiptStory;
}

/** A row whose line cannot be read, though it once could. */
export interface BrokenRow {
  readonly shard: string;
  readonly tpos: number;
  readonly broken: string;
}

/** What a row could not do down here. */
export interface FoldRefusal {
  readonly shard: string;
  readonly tpos: number;
  readonly code: string;
  readonly detail: string | undefined;
}

/** A piece of the log for the folds; rows that tell nothing of stock, members or orders are left out. */
export interface FoldPage {
  readonly after: number;
  /** Up to where it goes; undefined: the log ended at `after`. */
  readonly last: number | undefined;
  readonly rows: readonly FoldRow[];
  readonly broken: readonly BrokenRow[];
}
