import type { DeliveryItem } from "../connector.ts";

/** A CloudEvents 1.0 event in structured JSON form; `sequence` and `partitionkey` are its documented extensions. */
export interface TransactionEvent {
  readonly specversion: "1.0";
  readonly id: string;
  readonly source: string;
  readonly type: "tillsync.transaction.v1" | "tillsync.transaction.v1.revised";
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: "application/json";
  readonly partitionkey: string;
  readonly sequence: string;
  readonly data: object;
}

/** Sixteen digits, so that sequences compare as text; every safe integer fits. */
const SEQUENCE_DIGITS = 16;

/** The same bytes for every attempt of an item: nothing of the attempt is inside. */
export const eventOf = (item: DeliveryItem): TransactionEvent => ({
  specversion: "1.0",
  id: item.identity,
  source: `/stores/${item.store}/terminals/${item.terminal}`,
  type: item.revision === 1 ? "tillsync.transaction.v1" : "tillsync.transaction.v1.revised",
  subject: item.naturalKey,
  time: new Date(item.receivedAtMs).toISOString(),
  datacontenttype: "application/json",
  partitionkey: item.orderingKey,
  sequence: String(item.tpos).padStart(SEQUENCE_DIGITS, "0"),
  data: {
    transaction: item.transaction,
    revision: item.revision,
    ...(item.supersedes === undefined ? {} : { supersedes: item.supersedes }),
    terminal: item.terminal,
    store: item.store,
  },
});
