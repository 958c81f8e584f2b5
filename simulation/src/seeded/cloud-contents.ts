import type { Database } from "../../../apps/cloud-sync/src/db/database.ts";
import { sql } from "../../../apps/cloud-sync/src/db/sql.ts";
import { readFrom, type LogEntry } from "../../../apps/cloud-sync/src/event-log/read-from.ts";
import { readStatus, type CloudStatus } from "../../../apps/cloud-sync/src/status/read-status.ts";

export interface SetAside {
  readonly pos: number;
  readonly terminal: string;
  readonly epoch: number;
  readonly seq: number;
  readonly naturalKey: string | null;
}

/** What the cloud holds, read once for all checkers. */
export interface CloudContents {
  readonly status: CloudStatus;
  /** Revisions of each receipt, in their order. */
  readonly receipts: ReadonlyMap<string, readonly { revision: number; grand: number; latest: boolean }[]>;
  readonly tpos: readonly number[];
  readonly duplicates: number;
  readonly epochStarts: number;
  /** Open ones. */
  readonly setAside: readonly SetAside[];
  readonly setAsideLines: readonly string[];
  /** Epochs that a terminal said it left because of another history. */
  readonly leftEpochs: ReadonlySet<string>;
}

export async function readCloud(db: Database): Promise<CloudContents> {
  const rows = await db.query<{ key: string; revision: number; grand: number; latest: boolean; tpos: number }>(sql`
    SELECT natural_key AS key, revision, grand, latest, tpos FROM transaction ORDER BY natural_key, revision`);
  const duplicates = await db.query<{ n: number }>(sql`SELECT count(*) AS n FROM duplicate_entry`);
  const setAside = await db.query<SetAside>(sql`
    SELECT pos, terminal_id AS terminal, epoch, seq, natural_key AS "naturalKey" FROM set_aside WHERE state = 'open' ORDER BY pos`);
  const log = await readAll(db);
  const open = new Set(setAside.map(({ pos }) => pos));
  const starts = log.filter(({ text }) => text.slice(0, 80).includes('"type":"epoch-start"'));
  return {
    status: await readStatus(db),
    receipts: Map.groupBy(rows, ({ key }) => key),
    tpos: rows.map(({ tpos }) => tpos).toSorted((a, b) => a - b),
    duplicates: duplicates[0]?.n ?? 0,
    epochStarts: starts.length,
    setAside,
    setAsideLines: log.filter(({ entry }) => open.has(entry.pos)).map(({ text }) => text),
    leftEpochs: new Set(
      starts.flatMap(({ entry, text }) => {
        const { reason, previous } = (JSON.parse(text) as { body: { reason: string; previous: { epoch: number } } }).body;
        return reason === "fork" || reason === "restored" ? [`${entry.terminal}#${previous.epoch}`] : [];
      }),
    ),
  };
}

async function readAll(db: Database): Promise<{ entry: LogEntry; text: string }[]> {
  const all: { entry: LogEntry; text: string }[] = [];
  for (let after = 0; ;) {
    const page = await readFrom(db, { shard: "main", after, limit: 5_000 });
    const last = page.at(-1);
    if (last === undefined) return all;
    all.push(...page.map((entry) => ({ entry, text: Buffer.from(entry.line).toString() })));
    after = last.pos;
  }
}
