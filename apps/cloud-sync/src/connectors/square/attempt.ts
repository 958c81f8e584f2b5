import { isRetail } from "@tillsync/sync-protocol";
import type { DeliveryItem, SendContext } from "../connector.ts";
import { mayKeysBeGone } from "../key-window.ts";
import type { SearchArea } from "./find.ts";
import type { SquareLine } from "./line.ts";
import { KEY_WINDOW_MS } from "./manifest.ts";

/** One attempt at one item. */
export interface Attempt {
  readonly line: SquareLine;
  readonly item: DeliveryItem;
  readonly context: SendContext;
  /** Keys of an earlier attempt may be forgotten by now: what stands has to be found before anything is sent. */
  readonly keysMayBeGone: boolean;
  /** Loyalty accounts by member, as far as they were found. */
  readonly accounts: Map<string, string>;
}

export const startAttempt = (line: SquareLine, item: DeliveryItem, context: SendContext): Attempt => ({
  line,
  item,
  context,
  keysMayBeGone: mayKeysBeGone(item, KEY_WINDOW_MS, line.ports.nowMs()),
  accounts: new Map(),
});

/** Before this nothing of an item can have been sent: a day before its business day, for zones and clocks that are wrong. */
export function areaOf(item: DeliveryItem, location: string): SearchArea {
  return { location, since: dayBefore(item.transaction.identity.businessDay) };
}

export const dayBefore = (businessDay: string): string => new Date(Date.parse(`${businessDay}T00:00:00Z`) - 86_400_000).toISOString();

export const currencyOf = ({ transaction }: DeliveryItem): string => (isRetail(transaction) ? transaction.currency : "");
