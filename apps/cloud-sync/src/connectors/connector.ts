import type { Transaction } from "@tillsync/sync-protocol";
import type { z } from "zod";

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
  readonly transaction: Transaction;
  /** True when it is sent again on purpose, for a receiver that lost data. */
  readonly replay: boolean;
}

/**
 * What became of one attempt. The connector knows whose fault a failure is; the dispatcher acts on it.
 * `delivered`: the receiver has it. `theirs`: it was not taken now, try again (`retryAfterMs` at the earliest;
 * `slowDown`: the receiver asks for a pause of all sending). `rejected`: this item is refused for good. `set-up`: no
 * item would get through until someone corrects address or credentials. `uncertain`: sent, and no answer came.
 */
export type SendResult =
  | { readonly kind: "delivered"; readonly status?: number; readonly vendorId?: string; readonly answerHash?: Uint8Array }
  | { readonly kind: "theirs"; readonly detail: string; readonly retryAfterMs?: number; readonly slowDown?: true }
  | { readonly kind: "rejected"; readonly detail: string }
  | { readonly kind: "set-up"; readonly detail: string }
  | { readonly kind: "uncertain"; readonly detail: string };

/**
 * How a repeat is kept from having a second effect. `native-key`, `upsert`, `unique-reject` and `set-absolute` may simply
 * be sent again under the same identity; with `lookup-first` an uncertain item waits until someone has looked.
 */
export type Repeatability = "native-key" | "upsert" | "unique-reject" | "lookup-first" | "set-absolute";

export interface ConnectorManifest {
  readonly kind: string;
  readonly title: string;
  readonly repeatability: Repeatability;
}

/** One open line to one destination. */
export interface ConnectorSession {
  /**
   * Tries once, within the configured deadline. Never rejects for what the receiver or the network does; a rejection is
   * a bug and is treated as uncertain. May be called several times at once for items of different ordering keys.
   */
  send(item: DeliveryItem): Promise<SendResult>;
  /** Cuts connections; sends under way end as uncertain. */
  close(): Promise<void>;
}

export interface ConnectorPorts {
  nowMs(): number;
}

/** One kind of external system. */
export interface Connector<Config = unknown> {
  readonly manifest: ConnectorManifest;
  /** The connector's own fields of a destination's file, secrets included; strict. */
  readonly configSchema: z.ZodType<Config>;
  /** Names of the fields that are sealed before they are stored and never shown. */
  readonly secretFields: readonly (keyof Config & string)[];
  /** Throws a coded error for a configuration of the right shape that can never work. Asks no network. */
  check(config: Config): void;
  open(config: Config, ports: ConnectorPorts): ConnectorSession;
}
