import type { FolderSource } from "../config/config-schema.ts";
import type { SourceStatus } from "../health/status.ts";
import type { AgentStore } from "../store/agent-store.ts";
import { sql } from "../store/sql.ts";

/** What a source's files have come to, from what is kept of them. */
export function countFiles(store: AgentStore, source: string): Pick<SourceStatus, "files" | "open" | "failed"> {
  const row = store
    .prepare<[string], { files: number; open: number | null; failed: number | null }>(
      sql`SELECT count(*) AS files, sum(state = 'open') AS open, sum(state = 'failed') AS failed FROM reading WHERE source = ?`,
    )
    .get(source);
  return { files: row?.files ?? 0, open: row?.open ?? 0, failed: row?.failed ?? 0 };
}

/** The configured sources of an agent that does not run. */
export const restingSources = (store: AgentStore, sources: readonly FolderSource[]): SourceStatus[] =>
  sources.map(({ name, kind, path, adapter }) => ({ name, kind, path, adapter, state: "stopped", ...countFiles(store, name) }));
