import { randomBytes } from "node:crypto";
import {
  makeSupportNumber,
  SUPPORT_ITEMS_MAX,
  SUPPORT_NOTE_CHARS_MAX,
  supportNumberSchema,
  supportRequestSchema,
  TillsyncError,
  type SupportNumber,
  type SupportRequest,
} from "@tillsync/sync-protocol";
import { listSetAside } from "../capture/list-set-aside.ts";
import { AGENT_VERSION } from "../enrol/agent-version.ts";
import type { DiskGuard } from "../health/disk-guard.ts";
import type { AgentStore } from "../store/agent-store.ts";
import { inTransaction } from "../store/in-transaction.ts";
import { sql } from "../store/sql.ts";
import type { SetAsideRow } from "../window-api/set-aside.ts";
import { cleanText, loadMask, type Mask } from "./clean-text.ts";

/** Requests that wait for the line. A shop that is offline for weeks and asks for help every hour has not more. */
export const QUEUED_MAX = 500;
/** Requests that are kept once they are settled; the oldest go first. Marks of items stay. */
const KEPT_MAX = 1_000;
const CHARS_MAX = 300;
/** Another number is made when one is taken; that it happens so often in a row is no chance. */
const ATTEMPTS_MAX = 20;

export interface HandDeps {
  readonly store: AgentStore;
  readonly guard: DiskGuard;
}

export interface Handed {
  readonly supportNumber: SupportNumber;
  /** How many items it is about. */
  readonly handed: number;
}

/**
 * Marks items as IT's and queues the request to head office, in one transaction that is on disk when this returns. From
 * then on they count as staff's no longer and stay listed. Asking again for the same items with the same note gives the
 * same number; with another note, or among other items, they get a new one. Throws `usage.invalid` for an item that is not
 * there or settled, `support.too-many`, `store.*`; then nothing was marked.
 */
export async function handToIt(deps: HandDeps, ids: readonly number[], note: string): Promise<Handed> {
  const mask = await loadMask();
  const { store } = deps;
  const items = findOpen(store, ids);
  const cleaned = cleanText(mask, note, SUPPORT_NOTE_CHARS_MAX);
  const known = findSame(store, items, cleaned);
  if (known !== undefined) return { supportNumber: known, handed: items.length };
  if (countQueued(store) >= QUEUED_MAX) throw new TillsyncError("support.too-many", `${QUEUED_MAX} wait for the line`);
  const request = makeRequest(store, mask, items, cleaned);
  deps.guard.run(() =>
    inTransaction(store, () => {
      keepRequest(store, request);
      const insert = store.prepare(sql`INSERT OR REPLACE INTO support_item (item, number, at_ms) VALUES (?, ?, ?)`);
      for (const { id } of items) insert.run(id, request.number, request.atMs);
    }),
  );
  return { supportNumber: request.number, handed: items.length };
}

function findOpen(store: AgentStore, ids: readonly number[]): SetAsideRow[] {
  const open = new Map(listSetAside(store, false).map((item) => [item.id, item]));
  return [...new Set(ids)]
    .toSorted((a, b) => a - b)
    .map((id) => {
      const item = open.get(id);
      if (item === undefined) throw new TillsyncError("usage.invalid", `no open item ${id}; see set-aside list`);
      return item;
    });
}

/** The number under which just these items were handed over with the same words. */
function findSame(store: AgentStore, items: readonly SetAsideRow[], note: string): SupportNumber | undefined {
  const numbers = new Set(items.map(({ handedToIt }) => handedToIt?.supportNumber));
  const [number] = numbers;
  if (numbers.size !== 1 || number === undefined) return undefined;
  const row = store.prepare<[string], { body: string }>(sql`SELECT body FROM support_request WHERE number = ?`).get(number);
  const kept = row === undefined ? undefined : supportRequestSchema.safeParse(JSON.parse(row.body)).data;
  return kept?.note === note && kept.itemsTotal === items.length ? supportNumberSchema.parse(number) : undefined;
}

function makeRequest(store: AgentStore, mask: Mask, items: readonly SetAsideRow[], note: string): SupportRequest {
  const clean = (text: string | null): string | null => (text === null ? null : cleanText(mask, text, CHARS_MAX));
  return supportRequestSchema.parse({
    number: freeNumber(store),
    atMs: store.now(),
    note,
    agentVersion: AGENT_VERSION,
    itemsTotal: items.length,
    items: items.slice(0, SUPPORT_ITEMS_MAX).map((item) => ({
      id: item.id,
      origin: item.origin,
      at: item.at,
      code: item.code,
      detail: clean(item.detail),
      source: clean(item.source),
      adapter: clean(item.adapter),
      name: clean(item.name),
      times: item.times,
      entry: item.entry,
    })),
  } satisfies Record<keyof SupportRequest, unknown>);
}

function freeNumber(store: AgentStore): SupportNumber {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const number = makeSupportNumber(randomBytes(7));
    const taken = store
      .prepare(sql`SELECT 1 FROM support_request WHERE number = ? UNION ALL SELECT 1 FROM support_item WHERE number = ? LIMIT 1`)
      .get(number, number);
    if (taken === undefined) return number;
  }
  throw new TillsyncError("internal.unexpected", "no support number is free");
}

function keepRequest(store: AgentStore, request: SupportRequest): void {
  store
    .prepare(sql`INSERT INTO support_request (number, at_ms, body, state) VALUES (?, ?, ?, 'queued')`)
    .run(request.number, request.atMs, JSON.stringify(request));
  store
    .prepare(
      sql`DELETE FROM support_request WHERE number IN
          (SELECT number FROM support_request WHERE state <> 'queued' ORDER BY settled_at_ms DESC LIMIT -1 OFFSET ?)`,
    )
    .run(KEPT_MAX);
}

const countQueued = (store: AgentStore): number =>
  store.prepare<[], { n: number }>(sql`SELECT count(*) AS n FROM support_request WHERE state = 'queued'`).get()?.n ?? 0;
