import type { ErrorCode } from "@tillsync/sync-protocol";
import type { FolderSource } from "../config/config-schema.ts";
import type { IntakeStatus } from "../intake/serve-intake.ts";
import type { AgentStore } from "../store/agent-store.ts";
import { sql } from "../store/sql.ts";
import { restAfterWhole } from "./rest-after-whole.ts";
import type { SourceSnapshot } from "../window-api/snapshot.ts";

/** A look that does not come one file or one commit further for this long hangs: a share that is gone, a file that blocks. */
export const STUCK_AFTER_MS = 180_000;
/** On top of two rescans, for a machine that is busy. */
const GRACE_MS = 5_000;
/** The HTTP interface is looked at with every picture. */
const HTTP_FRESH_MS = 15_000;

/** What a watch knows of its folder, beside what is kept. Monotonic times, but for `wallMs`. */
export interface FolderLook {
  readonly source: FolderSource;
  readonly paused: boolean;
  readonly code: ErrorCode | undefined;
  /** A look is under way. */
  readonly looking: boolean;
  /** When the last look that was complete and without an error began, by both clocks. */
  readonly good: { readonly monoMs: number; readonly wallMs: number; readonly tookMs: number } | undefined;
  /** Files of the last look. */
  readonly files: number;
  /** Those of them with something in them that was not taken yet. */
  readonly unread: number;
  /** A file is being read, or a look was left out for a pause: there is more unread than was counted. */
  readonly behind: boolean;
  /** When the look last came a step further. */
  readonly movedAtMs: number;
}

/**
 * How a folder stands now. Its last look is as old as the older of the two clocks says: one of them stands still while
 * the machine sleeps, the other may be set.
 */
export function folderSnapshot(store: AgentStore, look: FolderLook, monoMs: number): SourceSnapshot {
  const { source, good } = look;
  const stuck = look.looking && monoMs - look.movedAtMs > STUCK_AFTER_MS;
  const code = look.code ?? (stuck ? "source.stale" : undefined);
  const wallMs = store.now();
  return {
    name: source.name,
    kind: "folder",
    adapter: source.adapter,
    place: source.path,
    state: stateOf(look, code),
    code: code ?? null,
    lastReadAtMs: good === undefined ? null : Math.floor(Math.min(good.wallMs, wallMs - Math.max(0, monoMs - good.monoMs))),
    freshForMs: Math.ceil(2 * Math.max(restAfterWhole(source, look.files), good?.tookMs ?? 0) + GRACE_MS),
    files: look.files,
    open: look.behind && !look.paused ? Math.max(1, look.unread) : look.unread,
    failed: countFailed(store, source.name),
  };
}

function stateOf({ paused, looking }: FolderLook, code: ErrorCode | undefined): SourceSnapshot["state"] {
  if (paused) return "paused";
  if (code !== undefined) return "failing";
  return looking ? "reading" : "watching";
}

/** Files that failed count until somebody has taken them up: settled what was set aside, or handed it to IT. Both conditions on `state`: the first names the index. */
const countFailed = (store: AgentStore, source: string): number =>
  store
    .prepare<[string], { n: number }>(
      sql`SELECT count(*) AS n FROM reading AS r WHERE source = ? AND state <> 'done' AND state = 'failed' AND EXISTS (
            SELECT 1 FROM set_aside AS s WHERE s.state = 'open' AND s.source = r.source AND s.name = r.name
              AND NOT EXISTS (SELECT 1 FROM support_item WHERE item = s.id))`,
    )
    .get(source)?.n ?? 0;

/** The HTTP interface as a source: what comes over it is read as it comes, so that it is fresh while it listens. */
export const httpSnapshot = ({ state, host, port, code }: IntakeStatus, wallMs: number): SourceSnapshot => ({
  name: "http",
  kind: "http",
  adapter: null,
  place: `${host}:${port}`,
  state: state === "listening" ? "watching" : "failing",
  code: code ?? null,
  lastReadAtMs: state === "listening" ? Math.floor(wallMs) : null,
  freshForMs: HTTP_FRESH_MS,
  files: 0,
  open: 0,
  failed: 0,
});
