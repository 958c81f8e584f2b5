import type { Pool, PoolClient } from "pg";
import type { ConnectorPorts, DeliveryItem, SendResult } from "../connector.ts";
import { classifyError, type Fault } from "./classify-error.ts";
import type { Tables } from "./columns.ts";
import type { PostgresTableConfig } from "./manifest.ts";
import { rowsOf, UNREADABLE, type ReceiptRows } from "./map.ts";
import { statement } from "./open-pool.ts";
import { upsertStatement } from "./upsert.ts";

/** Of one statement's documents: bounds what both sides hold in memory. A larger receipt goes alone. */
const BATCH_CHARS_MAX = 8 * 1024 * 1024;
const PERMIT_WAIT_MS = 10_000;

export interface TableLine {
  readonly config: PostgresTableConfig;
  readonly tables: Tables;
  readonly pool: Pool;
  readonly ports: ConnectorPorts;
  /** Creates the tables once in the session's life; undefined when they are there. */
  ensureTables(client: PoolClient): Promise<void>;
}

interface Wish {
  readonly item: DeliveryItem;
  readonly rows: ReceiptRows;
}

const WAITS: SendResult = { kind: "theirs", detail: "waits for an earlier item of its key" };

/**
 * Writes items in their order, as few statements as fit, each stored as a whole or not at all. When one is refused for its
 * data it is halved until the bad receipt is found: the others are stored, except later ones of the same key.
 */
export async function sendBatch(line: TableLine, items: readonly DeliveryItem[]): Promise<SendResult[]> {
  const results = new Map<DeliveryItem, SendResult>();
  const wishes: Wish[] = [];
  for (const item of items) {
    const rows = readRows(item, line.config);
    if (rows === undefined) results.set(item, UNREADABLE);
    else wishes.push({ item, rows });
  }
  const failedKeys = new Set([...results.keys()].map((item) => item.orderingKey));
  for (const chunk of chunks(wishes)) await writeHalving(line, chunk, { results, failedKeys });
  return items.map((item) => results.get(item) ?? WAITS);
}

function readRows(item: DeliveryItem, config: PostgresTableConfig): ReceiptRows | undefined {
  try {
    return rowsOf(item, config);
  } catch {
    return undefined;
  }
}

function* chunks(wishes: readonly Wish[]): Generator<readonly Wish[]> {
  let chunk: Wish[] = [];
  let chars = 0;
  for (const wish of wishes) {
    if (chunk.length > 0 && chars + wish.rows.document.length > BATCH_CHARS_MAX) {
      yield chunk;
      chunk = [];
      chars = 0;
    }
    chunk.push(wish);
    chars += wish.rows.document.length;
  }
  if (chunk.length > 0) yield chunk;
}

async function writeHalving(
  line: TableLine,
  chunk: readonly Wish[],
  done: { results: Map<DeliveryItem, SendResult>; failedKeys: Set<string> },
): Promise<void> {
  const open = chunk.filter(({ item }) => !done.failedKeys.has(item.orderingKey));
  if (open.length === 0) return;
  const fault = await writeOnce(line, open);
  if (fault?.kind === "rejected" && open.length > 1) {
    const middle = open.length >> 1;
    await writeHalving(line, open.slice(0, middle), done);
    await writeHalving(line, open.slice(middle), done);
    return;
  }
  for (const { item } of open) {
    done.results.set(item, fault ?? { kind: "delivered" });
    if (fault !== undefined) done.failedKeys.add(item.orderingKey);
  }
}

async function writeOnce(line: TableLine, wishes: readonly Wish[]): Promise<Fault | undefined> {
  if (!(await line.ports.permit(PERMIT_WAIT_MS))) return { kind: "theirs", detail: "waits for the rate limit" };
  let client: PoolClient | undefined;
  let broken: Error | undefined;
  try {
    client = await line.pool.connect();
    // A connection that breaks between two statements reports it here as well as on the statement after.
    client.on("error", ignore);
    await line.ensureTables(client);
    await client.query(statement(line.config, upsertStatement(line.tables), parameters(line.tables, wishes)));
    line.ports.noteRate({ kind: "answered" });
    return undefined;
  } catch (error) {
    const fault = classifyError(error, client !== undefined);
    if (fault.kind !== "rejected") broken = error as Error;
    return fault;
  } finally {
    client?.off("error", ignore);
    client?.release(broken);
  }
}

const ignore = (): void => undefined;

/** One JSON text for each table: documents go in as they are, without being read or escaped. An identity given twice counts once. */
function parameters(tables: Tables, wishes: readonly Wish[]): string[] {
  const byIdentity = [...new Map(wishes.map((wish) => [wish.item.identity, wish.rows])).values()];
  const receipts = byIdentity.map((rows) => {
    const head = JSON.stringify({ ...rows.values, line_count: rows.lines.length, tender_count: rows.tenders.length });
    return `${head.slice(0, -1)},"${tables.document}":${rows.document}}`;
  });
  return [
    `[${receipts.join(",")}]`,
    ...(tables.lines === undefined ? [] : [JSON.stringify(byIdentity.flatMap((rows) => rows.lines))]),
    ...(tables.tenders === undefined ? [] : [JSON.stringify(byIdentity.flatMap((rows) => rows.tenders))]),
  ];
}
