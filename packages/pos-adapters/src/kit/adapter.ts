import type { ErrorCode, Pseudonym, Transaction } from "@tillsync/sync-protocol";
import type { ZodType } from "zod";

/** What a host lends an adapter. An adapter has nothing else: no files, no network, no clock, no randomness. */
export interface AdapterContext {
  /**
   * A keyed hash of a personal identifier. The same value gives the same pseudonym within one retailer; the value cannot
   * be read back without the host's key. The host holds the key; it never reaches an adapter.
   */
  pseudonymise(kind: "member" | "customer" | "operator", value: string): Pseudonym;
}

/** Byte offsets in the source file: first, and one past the last. */
export type ByteRange = readonly [number, number];

/** A record of the source that became a canonical transaction. It has passed `transactionSchema` and the card filter. */
export interface ParsedRecord {
  readonly kind: "transaction";
  readonly transaction: Transaction;
  readonly range: ByteRange;
}

/**
 * A record that could not become a transaction, or is none. `capture.not-a-sale` rows are kept for audit and are no
 * problem; everything else needs a person or a retry. `detail` names a field, never a value of a person.
 */
export interface SetAsideRecord {
  readonly kind: "set-aside";
  readonly code: ErrorCode;
  readonly detail?: string;
  readonly range: ByteRange;
}

export type AdapterOutput = ParsedRecord | SetAsideRecord;

/** A transaction before the kit has cut, masked and checked it: what the session of an adapter hands to `defineAdapter`. */
export interface DraftRecord {
  readonly kind: "transaction";
  readonly draft: unknown;
  readonly range: ByteRange;
}
export type DraftOutput = DraftRecord | SetAsideRecord;

/** Where a later read of a grown file may start again. `state` is JSON and belongs to the adapter alone. */
export interface Checkpoint {
  readonly offset: number;
  readonly state: unknown;
}

/**
 * A push parser. Bytes of one source go in in order, outputs come back in the order of the source. It never throws on
 * bytes: what it cannot read it sets aside. Memory is bounded by the chunk written and the largest record allowed.
 */
export interface ParseSession<Output = AdapterOutput> {
  /** Takes the next bytes. The session copies what it keeps: the caller may use the chunk again. */
  write(chunk: Uint8Array): Iterable<Output>;
  /** The input has ended. What is left of an incomplete record is set aside as `capture.truncated`. Call it once. */
  end(): Iterable<Output>;
  /**
   * Every record before `offset` has been output and is complete for ever. Records after it that were output already
   * (the last group of a file that may still grow) come out once more, equal, after a resume. May be called at any time,
   * also after `end`. Does not promise to move with every record.
   */
  checkpoint(): Checkpoint;
  /**
   * The bytes so far are one or more whole documents, all of their records have come out, and `end` would set nothing aside: a
   * writer of this format that goes on begins another document. Formats without an end of their own do not know it.
   */
  isWhole?(): boolean;
}

export interface AdapterManifest {
  /** Lower-case letters, digits and dashes. */
  readonly name: string;
  /** Semantic version; part of the capture record of every transaction. */
  readonly version: string;
  readonly formats: readonly string[];
  readonly mode: "file";
  readonly description: string;
}

/** What an adapter says of a sample of bytes. `certain`: a signature of the format; `likely`: its shape; `no`: something else. */
export interface ProbeResult {
  readonly match: "certain" | "likely" | "no";
  readonly dialect?: string;
}

export interface Adapter<Config> {
  readonly manifest: AdapterManifest;
  readonly configSchema: ZodType<Config>;
  /** Looks at the first bytes of a file (64 KiB are enough). Never throws. */
  probe(sample: Uint8Array): ProbeResult;
  /** Starts reading a source from its first byte, or from a checkpoint: then the first byte written is that at `offset`. */
  open(config: Config, context: AdapterContext, resume?: Checkpoint): ParseSession;
}
