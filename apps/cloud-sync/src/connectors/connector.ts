import type { Amount, Transaction } from "@tillsync/sync-protocol";
import type { z } from "zod";
import type { Category } from "../transactions/category.ts";

/** One revision of one receipt on its way to one destination. */
export interface DeliveryItem {
  /** The same for every attempt, replay and repeated capture: what a receiver tells repeats by. */
  readonly identity: string;
  readonly naturalKey: string;
  readonly revision: number;
  /** Identity of the revision that this one replaces. */
  readonly supersedes: string | undefined;
  /** Items of one key arrive in their order. */
  readonly orderingKey: string;
  readonly shard: string;
  /** Position in the shard's transaction log; grows along every ordering key. */
  readonly tpos: number;
  readonly terminal: string;
  readonly store: string;
  readonly receivedAtMs: number;
  /** Read from the log's line when it is asked for; throws for a line that cannot be read, which only a connector that `copies` gets. */
  readonly transaction: Transaction;
  /** The log's entry as its terminal wrote it, JSON without a line feed: what a connector that only copies takes along. */
  readonly line?: Uint8Array;
  /** The revision that this one replaces, and for a post-void the receipt that it voids: what has to be taken back. */
  readonly previous?: EarlierReceipt | undefined;
  readonly voided?: EarlierReceipt | undefined;
  /** This revision came after a void of its receipt, which took everything back: it is in the log, and nowhere else. */
  readonly isVoided?: boolean | undefined;
  /** True when it is sent again on purpose, for a receiver that lost data. */
  readonly replay: boolean;
}

export interface EarlierReceipt {
  readonly identity: string;
  readonly naturalKey: string;
  readonly transaction: Transaction;
}

/**
 * What became of one attempt. The connector knows whose fault a failure is; the dispatcher acts on it.
 * `delivered`: the receiver has it. `nothing`: there is nothing in it for this receiver. `theirs`: it was not taken now,
 * try again (`retryAfterMs` at the earliest; `slowDown`: the receiver asks for a pause of all sending). `rejected`: this
 * item is refused for good. `set-up`: no item would get through until someone corrects address or credentials.
 * `uncertain`: sent, and no answer came that proves what happened. `mapping-missing`: the mapping does not say what the
 * receiver calls something; nothing was sent. `cause-missing`: the receiver needs something first (`cause`: a natural key,
 * `memberKey(ref)` or `orderKey(order)`); nothing was sent. `foreign`: another's document stands under our reference.
 */
export type SendResult =
  | { readonly kind: "delivered"; readonly status?: number; readonly vendorId?: string; readonly answerHash?: Uint8Array }
  | { readonly kind: "nothing"; readonly reason: string }
  | { readonly kind: "theirs"; readonly detail: string; readonly retryAfterMs?: number; readonly slowDown?: true }
  | { readonly kind: "rejected"; readonly detail: string }
  | { readonly kind: "set-up"; readonly detail: string }
  | { readonly kind: "uncertain"; readonly detail: string }
  | { readonly kind: "mapping-missing"; readonly missing: readonly MissingCode[] }
  | { readonly kind: "cause-missing"; readonly cause: string; readonly detail: string }
  | { readonly kind: "foreign"; readonly detail: string };

/** A code of ours that a destination's mapping does not translate. */
export interface MissingCode {
  /** The mapping's table: `stores`, `tenders`, `taxes`, `items` ... */
  readonly table: string;
  readonly code: string;
}

/**
 * What stands at the receiver under an item's references. `found`: all of it is there; `total` is that of the item's own
 * document, where it has one. `unfinished`: some of it is; `send` brings it to its end. `absent`: none of it. `foreign`:
 * something that is not ours. Otherwise the look-up itself failed.
 */
export type LookUpResult =
  | { readonly kind: "found"; readonly vendorId: string; readonly total?: { readonly amount: Amount; readonly currency: string } }
  | { readonly kind: "unfinished"; readonly vendorId: string }
  | { readonly kind: "absent" }
  | Extract<SendResult, { kind: "nothing" | "theirs" | "rejected" | "set-up" | "uncertain" | "mapping-missing" | "foreign" }>;

/**
 * How a repeat is kept from having a second effect; the dispatcher acts on it.
 * - `native-key`: the receiver knows our key, for `windowMs` (undefined: for ever). Within the window an item is simply
 *   sent again; past it, or when the item's own age may be past it, the dispatcher looks up first.
 * - `upsert`, `set-absolute`: the same request again has the same effect.
 * - `unique-reject`: a second one is refused; the connector turns that refusal into `delivered` once it has seen that
 *   the record is ours.
 * - `lookup-first`: the receiver has no means of its own: the dispatcher looks up before every send.
 */
export type Repeatability =
  | { readonly by: "native-key"; readonly windowMs?: number }
  | { readonly by: "upsert"; readonly field: string }
  | { readonly by: "unique-reject"; readonly field: string }
  | { readonly by: "lookup-first" }
  | { readonly by: "set-absolute" };

export interface ConnectorManifest {
  readonly kind: string;
  readonly title: string;
  readonly repeatability: Repeatability;
  readonly capabilities: {
    /** What it can take: a destination's `include` may name these. */
    readonly categories: readonly Category[];
    /** Sessions have `lookUp`. Every connector that is `lookup-first` or has a window must. */
    readonly lookUp: boolean;
    /** Items that `sendMany` takes at once; 1: it has none. */
    readonly batchItemsMax: number;
    /** A return or void is held until the receipt that it names was delivered to the same destination. */
    readonly needsCause: boolean;
    /** It takes an item's `line` along and never looks at `transaction`: then nobody reads the line before it is sent. */
    readonly copies?: true;
  };
}

/** What a connector may ask while it sends. */
export interface SendContext {
  /** The receiver's id of the latest delivered revision of another receipt, as it was recorded; undefined when none was. */
  vendorIdOf(naturalKey: string): Promise<string | undefined>;
}

/** What would be sent for an item, by configuration and mapping alone. */
export type Mapped =
  | { readonly kind: "requests"; readonly requests: readonly MappedRequest[] }
  | { readonly kind: "nothing"; readonly reason: string }
  | { readonly kind: "mapping-missing"; readonly missing: readonly MissingCode[] }
  | { readonly kind: "rejected"; readonly detail: string };

/** One document on its way; what only the receiver's answers can tell (ids of theirs) is left out. No secrets. */
export interface MappedRequest {
  /** Our reference, by which the document is found again. */
  readonly reference: string;
  /** What it is in the receiver's words: `sale`, `credit note`, `POST /v2/orders` ... */
  readonly what: string;
  readonly body: unknown;
}

/** One open line to one destination. */
export interface ConnectorSession {
  /**
   * Tries once to bring an item to its end at the receiver, each request within the configured deadline. What an earlier
   * attempt left unfinished is found again and completed. Never rejects for what the receiver or the network does; a
   * rejection is a bug and is treated as uncertain. May be called several times at once for items of different keys.
   */
  send(item: DeliveryItem, context: SendContext): Promise<SendResult>;
  /**
   * Sends several items, in their order; results in the same order. Items of one ordering key may be among them: once one
   * of a key has failed, later ones of that key are not delivered.
   */
  sendMany?(items: readonly DeliveryItem[], context: SendContext): Promise<SendResult[]>;
  /** Asks what stands at the receiver under the item's references; changes nothing. */
  lookUp?(item: DeliveryItem, context: SendContext): Promise<LookUpResult>;
  /** Makes a harmless call that shows whether address and credentials are right; changes nothing, sends no receipt. */
  probe?(): Promise<ProbeResult>;
  /** Cuts connections; sends under way end as uncertain. */
  close(): Promise<void>;
}

/** `ready` with what was asked and answered; otherwise whose fault it is. */
export type ProbeResult =
  | { readonly kind: "ready"; readonly detail: string }
  | Extract<SendResult, { kind: "theirs" | "set-up" | "uncertain" | "rejected" }>;

export interface ConnectorPorts {
  nowMs(): number;
  /** From 0 up to, not including, 1. */
  random(): number;
  /** Ends after `ms`; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * Waits until the credential's rate limit, shared by all workers, allows one more request. Call it before each request.
   * Resolves false when it would take longer than `maxWaitMs`: then answer `theirs` and let the dispatcher wait.
   */
  permit(maxWaitMs: number): Promise<boolean>;
  /** What an answer told about the rate limit: slows all workers of the credential down, and lets them recover. */
  noteRate(seen: RateSeen): void;
}

export type RateSeen =
  | { readonly kind: "answered" }
  | { readonly kind: "limited"; readonly retryAfterMs?: number }
  | { readonly kind: "remaining"; readonly requests: number; readonly resetMs: number };

/** One kind of external system. */
export interface Connector<Config = unknown> {
  readonly manifest: ConnectorManifest;
  /** The connector's own fields of a destination's file, secrets included; strict. */
  readonly configSchema: z.ZodType<Config>;
  /** Names of the fields that are sealed before they are stored and never shown. */
  readonly secretFields: readonly (keyof Config & string)[];
  /** Throws a coded error for a configuration of the right shape that can never work. Asks no network. */
  check(config: Config): void;
  /** Pure: the documents of an item, for `send`, `lookUp` and the dry run alike. */
  map(item: DeliveryItem, config: Config): Mapped;
  open(config: Config, ports: ConnectorPorts): ConnectorSession;
}
