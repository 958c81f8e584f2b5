import type { AdapterOutput, Checkpoint } from "@tillsync/pos-adapters";
import { TillsyncError } from "@tillsync/sync-protocol";
import type { AgentStore } from "../store/agent-store.ts";
import { sql } from "../store/sql.ts";
import { appendMany } from "../journal/append-many.ts";
import type { CaptureDeps } from "./capture-file.ts";
import type { OpenReader, Reader } from "./reader.ts";
import { keepReader } from "./readings.ts";
import { HTTP_SOURCE, resolveSetAside } from "./set-aside.ts";

export interface RetryReport {
  readonly ok: boolean;
  readonly items: { id: number; state: "resolved" | "open"; transactions: number; code: string | null; detail: string | null }[];
}

export interface RetryDeps extends CaptureDeps {
  readonly openReader: OpenReader;
  /** The configuration in force of a source of this name and adapter; `undefined` where there is no such source. */
  readonly configOf: (source: string, adapter: string) => unknown;
}

interface Row {
  id: number;
  source: string;
  adapter: string;
  name: string;
  code: string;
  range_start: number | null;
  checkpoint: string | null;
  reader: Uint8Array | null;
  bytes: Uint8Array;
  bytes_total: number;
}

/**
 * Reads kept bytes again: with the configuration given, else with the source's of now, else with that of then. What has
 * become a transaction is appended; an item of which nothing is left to fault is resolved, in the same transaction.
 * Without ids, all that are open. Whole files that could not be read are not here: capture them again.
 */
export async function retrySetAside(deps: RetryDeps, ids: readonly number[], config?: unknown): Promise<RetryReport> {
  const items: RetryReport["items"] = [];
  for (const row of findRows(deps.store, ids)) items.push(await retryOne(deps, row, config));
  return { ok: items.every((item) => item.state === "resolved"), items };
}

function findRows(store: AgentStore, ids: readonly number[]): Row[] {
  const columns = sql`SELECT id, source, adapter, name, code, range_start, checkpoint, reader, bytes, bytes_total FROM set_aside WHERE `;
  if (ids.length === 0)
    return store
      .prepare<[], Row>(`${columns} state = 'open' AND code <> 'capture.not-a-sale' AND range_start IS NOT NULL ORDER BY id`)
      .all();
  return ids.map((id) => {
    const row = store.prepare<[number], Row>(`${columns} id = ?`).get(id);
    if (row === undefined) throw new TillsyncError("usage.invalid", `no item ${id}; see set-aside list`);
    return row;
  });
}

async function retryOne(deps: RetryDeps, row: Row, config: unknown): Promise<RetryReport["items"][number]> {
  if (row.range_start === null) return open(row, "source.not-file", "a whole file: capture it again");
  if (row.bytes.length < row.bytes_total) return open(row, row.code, "only its beginning is kept: capture the file again");
  let reader: Reader;
  try {
    reader = await deps.openReader(row.adapter, config ?? deps.configOf(row.source, row.adapter) ?? configOfThen(deps.store, row));
  } catch (cause) {
    if (cause instanceof TillsyncError) return open(row, cause.code, cause.detail ?? null);
    throw cause;
  }
  const outputs = readAgain(reader, row);
  if (outputs === undefined) return open(row, "adapter.failed", null);
  return append(deps, row, reader, outputs);
}

function append(deps: RetryDeps, row: Row, reader: Reader, outputs: readonly AdapterOutput[]): RetryReport["items"][number] {
  const records = outputs.filter((output) => output.kind === "transaction");
  const fault = outputs.find((output) => output.kind === "set-aside");
  const items = records.map(({ transaction, range }) => ({
    transaction,
    capture: {
      adapter: reader.label,
      source:
        row.source === HTTP_SOURCE
          ? { kind: "http" as const, name: row.name }
          : { kind: "file" as const, name: row.name, range: [range[0], range[1]] satisfies [number, number] },
    },
  }));
  let code: string | undefined = fault?.code ?? (records.length === 0 ? row.code : undefined);
  deps.guard.run(() =>
    appendMany(deps.store, items, {
      alongside: (outcomes) => {
        if (outcomes.some(({ kind }) => kind === "too-large")) code = "capture.limit";
        keepReader(deps.store, reader);
        if (code === undefined) resolveSetAside(deps.store, row.id);
      },
    }),
  );
  if (code !== undefined) return { ...open(row, code, fault?.detail ?? null), transactions: records.length };
  return { id: row.id, state: "resolved", transactions: records.length, code: null, detail: null };
}

/** The record's bytes alone, behind what the adapter knew before it. */
function readAgain(reader: Reader, row: Row): AdapterOutput[] | undefined {
  const kept = row.checkpoint === null ? undefined : (JSON.parse(row.checkpoint) as Checkpoint);
  const resume = kept === undefined || kept.offset === 0 ? undefined : { offset: row.range_start ?? 0, state: kept.state };
  try {
    const session = reader.open(resume);
    return [...session.write(row.bytes), ...session.end()];
  } catch {
    return undefined;
  }
}

function configOfThen(store: AgentStore, row: Row): unknown {
  if (row.reader === null) return undefined;
  const kept = store.prepare<[Uint8Array], { config: string }>(sql`SELECT config FROM reader WHERE fingerprint = ?`).get(row.reader);
  return kept === undefined ? undefined : JSON.parse(kept.config);
}

const open = (row: Row, code: string, detail: string | null): RetryReport["items"][number] => ({
  id: row.id,
  state: "open",
  transactions: 0,
  code,
  detail,
});
