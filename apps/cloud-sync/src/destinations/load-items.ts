import type { DeliveryItem, EarlierReceipt } from "../connectors/connector.ts";
import type { Queryable } from "../db/database.ts";
import { readEntries } from "../transactions/read-entries.ts";
import { deliveryIdentity } from "./delivery-identity.ts";
import { loadEarlier, type Earlier, type EarlierOf } from "./load-earlier.ts";
import type { LogRow } from "./log-row.ts";
import { receiptText, type ReceiptText } from "./receipt-text.ts";

/** An item with its size in the log, which is what its place in memory is reckoned by. */
export interface LoadedItem extends DeliveryItem {
  readonly line: Uint8Array;
  readonly bytes: number;
  /**
   * Why a line cannot be read, though it once could (its own, or that of a receipt which it takes back): the item is
   * parked with this reason, and blocks nobody else. Reads the line; a connector that `copies` is not asked for.
   */
  readonly broken: string | undefined;
}

/** Equals no content's. */
const NO_HASH = new Uint8Array();

/** Reads the receipts of the rows from the event log, in the order of the rows, with those that they take back. */
export async function loadItems(db: Queryable, shard: string, rows: readonly LogRow[], replay: boolean): Promise<LoadedItem[]> {
  const texts = new Map<number, ReceiptText>();
  const hashes = new Map(rows.map((row) => [row.pos, row.content_hash]));
  const positions = rows.map((row) => row.pos).toSorted((a, b) => a - b);
  await readEntries(db, shard, positions, (entry) => texts.set(entry.pos, receiptText(entry.line, hashes.get(entry.pos) ?? NO_HASH)));
  const earlier = await loadEarlier(db, shard, rows, texts);
  return rows.flatMap((row) => {
    const text = texts.get(row.pos);
    return text === undefined ? [] : [itemOf(shard, row, text, earlier, replay)];
  });
}

function itemOf(shard: string, row: LogRow, text: ReceiptText, { previous, voided, isVoided }: EarlierOf, replay: boolean): LoadedItem {
  const takenBack = [previous.get(row.tpos), voided.get(row.tpos)];
  return {
    identity: deliveryIdentity(row.natural_key, row.revision),
    naturalKey: row.natural_key,
    revision: row.revision,
    supersedes: row.revision === 1 ? undefined : deliveryIdentity(row.natural_key, row.revision - 1),
    orderingKey: row.ordering_key,
    shard,
    tpos: row.tpos,
    terminal: row.terminal_id,
    store: row.store_id,
    receivedAtMs: row.received_at_ms,
    line: text.line,
    get transaction() {
      return text.transaction;
    },
    previous: receiptOf(takenBack[0]),
    voided: receiptOf(takenBack[1]),
    isVoided: isVoided.has(row.tpos),
    replay,
    bytes: takenBack.reduce((sum, one) => sum + (one?.text.line.length ?? 0), text.line.length),
    get broken() {
      return text.broken ?? brokenEarlier(takenBack);
    },
  };
}

function receiptOf(earlier: Earlier | undefined): EarlierReceipt | undefined {
  if (earlier === undefined) return undefined;
  return {
    identity: deliveryIdentity(earlier.naturalKey, earlier.revision),
    naturalKey: earlier.naturalKey,
    get transaction() {
      return earlier.text.transaction;
    },
  };
}

/** Half of what an item means must not be sent: without the receipt that it takes back it waits for a person. */
function brokenEarlier(takenBack: readonly (Earlier | undefined)[]): string | undefined {
  const [broken] = takenBack.flatMap((one) => (one?.text.broken === undefined ? [] : [one]));
  return broken && `${broken.naturalKey} revision ${broken.revision}, which it takes back: ${broken.text.broken}`;
}
