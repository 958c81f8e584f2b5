import { TillsyncError } from "@tillsync/sync-protocol";
import { readMeta, writeMeta } from "../journal/meta.ts";
import type { SourceLog } from "../sources/source-deps.ts";
import type { AgentStore } from "../store/agent-store.ts";
import { inTransaction } from "../store/in-transaction.ts";
import { sql } from "../store/sql.ts";
import { lineHistoryRowSchema, type LineHistoryAnswer, type LineHistoryRow } from "../window-api/care.ts";

/** Rows that are kept: a line that is cut five times a day for a year and a half, with its returns. */
export const LINE_EVENTS_MAX = 5_000;

type Event = LineHistoryRow["event"];

/** What ends when another of its kind begins: the agent, the line, the clock. */
const KINDS: readonly (readonly Event[])[] = [["started", "stopped", "died"], ["online", "offline", "blocked", "not-enrolled"], ["clock"]];
const ALIVE_KEY = "alive-at";
/** What was under way when the agent ended: nobody knows how long the line stayed so. */
const ENDS_WITH_THE_AGENT: readonly Event[] = ["started", "online", "offline", "blocked", "not-enrolled", "clock"];

export interface NoteOptions {
  readonly code?: string | null;
  /** Of an event that is over already. */
  readonly lastedMs?: number;
}

export interface LineHistory {
  /** Writes an event at this moment; what it takes the place of has lasted until now. A disk that takes nothing loses it. */
  readonly note: (event: Event, options?: NoteOptions) => void;
  /** The clock is right again: its row is over. */
  readonly close: (event: Event) => void;
  /** Marks that the agent lives, so that the next start can tell about when it died. */
  readonly alive: () => void;
}

/**
 * Opens the history and writes that the agent has started; before that, that it died, where the last start has no end.
 * Nothing here ever fails the agent.
 */
export function openLineHistory(store: AgentStore, log: SourceLog): LineHistory {
  const guarded = (work: () => void): void => {
    try {
      inTransaction(store, work);
    } catch (error) {
      log.warn({ code: error instanceof TillsyncError ? error.code : "internal.unexpected" }, "the history of the line could not be kept");
    }
  };
  const now = (): number => Math.round(store.now());
  guarded(() => {
    noteDeath(store, now());
    insert(store, "started", now(), {});
  });
  return {
    note: (event, options = {}) =>
      guarded(() => {
        insert(store, event, now(), options);
        if (event === "stopped") closeAll(store, ENDS_WITH_THE_AGENT, now());
      }),
    close: (event) => guarded(() => closeAll(store, [event], now())),
    alive: () => guarded(() => writeMeta(store, ALIVE_KEY, `${now()}`)),
  };
}

/** Rows older than row `before`, the latest first. */
export function listLineHistory(store: AgentStore, limit: number, before = Number.MAX_SAFE_INTEGER): LineHistoryAnswer {
  const found = store
    .prepare<[number, number], LineHistoryRow>(
      sql`SELECT n, at_ms AS atMs, event, code, lasted_ms AS lastedMs FROM line_event WHERE n < ? ORDER BY n DESC LIMIT ?`,
    )
    .all(before, limit + 1);
  return { rows: found.slice(0, limit).map((row) => lineHistoryRowSchema.parse(row)), more: found.length > limit };
}

function insert(store: AgentStore, event: Event, atMs: number, { code, lastedMs }: NoteOptions): void {
  const kind = KINDS.find((events) => events.includes(event));
  if (kind !== undefined) closeAll(store, kind, atMs);
  const row = store
    .prepare(sql`INSERT INTO line_event (at_ms, event, code, lasted_ms) VALUES (?, ?, ?, ?)`)
    .run(atMs, event, code ?? null, lastedMs ?? null);
  store.prepare(sql`DELETE FROM line_event WHERE n <= ?`).run(Number(row.lastInsertRowid) - LINE_EVENTS_MAX);
}

/** Never negative: clocks are set back. */
function closeAll(store: AgentStore, events: readonly Event[], atMs: number): void {
  const statement = store.prepare(sql`UPDATE line_event SET lasted_ms = max(0, ? - at_ms) WHERE lasted_ms IS NULL AND event = ?`);
  for (const event of events) statement.run(atMs, event);
}

function noteDeath(store: AgentStore, atMs: number): void {
  const last = store
    .prepare<[], { event: Event; at_ms: number }>(
      sql`SELECT event, at_ms FROM line_event WHERE event IN ('started', 'stopped') ORDER BY n DESC LIMIT 1`,
    )
    .get();
  if (last?.event !== "started") return;
  const aliveAtMs = Number(readMeta(store, ALIVE_KEY) ?? Number.NaN);
  // By another clock than now's it says nothing; then all that is known is that it lived when it started.
  const diedAtMs = aliveAtMs >= last.at_ms && aliveAtMs <= atMs ? aliveAtMs : last.at_ms;
  closeAll(store, ENDS_WITH_THE_AGENT, diedAtMs);
  insert(store, "died", diedAtMs, {});
}
