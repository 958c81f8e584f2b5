import type { Collection, DocumentId, ErrorCode, Scope, StoreId } from "@tillsync/sync-protocol";
import type { z } from "zod";
import type { ConnectorPorts } from "../connectors/connector.ts";
import type { NoAnswer } from "../connectors/http/json-line.ts";

/** A document as a record of the system makes it; its fields are checked before it is written. */
export interface FeedDocument {
  readonly collection: Collection;
  readonly id: DocumentId;
  readonly scope: Scope;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Written only where this feed has brought it before: what is not sold any more, and never was sold, is no news. */
  readonly onlyIfKnown?: boolean;
  /** Of a level: what the system said, since the document has in it what shops did meanwhile. */
  readonly mark?: LevelMark;
}

/** The same figure by the same movements is no news. */
export interface LevelMark {
  readonly figure: string;
  /** Names the movements that were seen; undefined: the record was listed, not moved. */
  readonly moves: string | undefined;
}

/** Why a record, or a part of it, cannot be taken. No personal data. */
export interface FeedRefusal {
  readonly code: ErrorCode;
  readonly detail: string;
}

/** One record of the system and everything that it means here. What it meant before and means no more is deleted. */
export interface FeedItem {
  /** The system's own name of the record. */
  readonly key: string;
  readonly documents: readonly FeedDocument[];
  /** With any of these, nothing of the record is deleted. */
  readonly refused: readonly FeedRefusal[];
}

/** A store whose levels a system keeps, and the destination that brings its sales there. */
export interface LevelSource {
  readonly store: StoreId;
  readonly destination: string | undefined;
}

export interface FeedPage {
  readonly items: readonly FeedItem[];
  /** Where the next page begins; undefined: there is none. */
  readonly next: string | undefined;
}

/** One kind of records of a system, with a cursor of its own. Stamps and cursors are the part's own texts. */
export interface FeedPart {
  readonly name: string;
  /** Whose levels of goods the part reads: what tills did that is in them is noted with them. */
  readonly levels?: readonly LevelSource[];
  /** Documents of orders that ended longer ago than this are taken away; undefined: none. */
  readonly keepClosedMs?: number;
  /**
   * Asked before a round: the newest stamp there is. Whoever has read everything since then knows everything older.
   * `everything`: something changed that all records lean on, such as a tax rate; reading what changed is not enough.
   */
  begin(since: string | undefined): Promise<{ readonly to: string | undefined; readonly everything: boolean }>;
  /** Records that changed since then, with an overlap for transactions that were under way; undefined: all. */
  page(since: string | undefined, after: string | undefined): Promise<FeedPage>;
  /** Records by name, at most `KEYS_MAX`; those that are not there are left out. */
  items(keys: readonly string[]): Promise<readonly FeedItem[]>;
}

/** Records that are asked for by name at once. */
export const KEYS_MAX = 50;

/** An open line to one system. Its calls throw `FeedFailed` for what the system or the network does. */
export interface FeedSource {
  readonly parts: readonly FeedPart[];
  close(): Promise<void>;
}

/** The system did not answer as it should; thrown so that the steps read one after the other. */
export class FeedFailed extends Error {
  readonly failure: NoAnswer;
  constructor(failure: NoAnswer) {
    super(failure.detail);
    this.failure = failure;
  }
}

/** One kind of system that feeds come from. */
export interface FeedKind<Config = unknown> {
  readonly kind: string;
  /** The kind's own fields of a feed's file, secrets included; strict. */
  readonly configSchema: z.ZodType<Config>;
  /** Sealed before they are stored and never shown. */
  readonly secretFields: readonly (keyof Config & string)[];
  /** Secrets by which the system counts requests: a destination with the same shares their rate limit. */
  readonly credentialFields: readonly (keyof Config & string)[];
  /** Throws a coded error for a configuration of the right shape that can never work. */
  check(config: Config): void;
  /** Which part notices are about; undefined: this kind takes none. */
  readonly noticedPart?: string;
  open(config: Config, ports: ConnectorPorts): FeedSource;
}
