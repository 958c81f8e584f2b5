import type { Collection } from "@tillsync/sync-protocol";
import type { Database } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import { createSeal, type Seal } from "../../destinations/seal.ts";
import { systemPorts, type BackgroundPorts } from "../../subscribers/ports.ts";
import { recordingLog } from "../../subscribers/testing/quiet.ts";
import { checkFeed } from "../feed-file.ts";
import { wishRun } from "../feed-runs.ts";
import { addFeed } from "../feed.ts";
import type { OpenFeed } from "../open-feed.ts";
import { pollFeed, type PollDeps } from "../poll-feed.ts";
import { listRefusals, type RefusalRow } from "../refusals.ts";
import type { RunEnd } from "../run-feed.ts";

export interface HeldDocument {
  readonly id: string;
  readonly scope: string;
  readonly version: number;
  /** Null: deleted. */
  readonly fields: Record<string, unknown> | null;
}

/** A feed that is polled when the test says so. */
export interface TestFeed {
  readonly seal: Seal;
  readonly deps: PollDeps;
  /** A run that somebody asked for, by this process or another (`owner`). Rejects when another holds the feed. */
  poll(wish?: { full?: boolean; allowDeletions?: boolean; owner?: string }): Promise<RunEnd>;
  documents(collection: Collection): Promise<HeldDocument[]>;
  refusals(): Promise<RefusalRow[]>;
  /** Forgets open lines, as a restart does. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Adds a feed to a database of the test's own. */
export async function openTestFeed(
  db: Database,
  file: Readonly<Record<string, unknown>>,
  ports: BackgroundPorts = systemPorts,
): Promise<TestFeed> {
  const seal = createSeal(Buffer.alloc(32, 7));
  const checked = checkFeed(file);
  const { name } = checked.common;
  await addFeed(db, checked, seal, ports.nowMs());
  const open = new Map<string, OpenFeed>();
  const deps: PollDeps = { db, ports, log: recordingLog(), owner: "test", seal, open };
  const restart = async (): Promise<void> => {
    for (const feed of open.values()) await feed.close();
    open.clear();
  };
  return {
    seal,
    deps,
    poll: async ({ full = false, allowDeletions = false, owner = "test" } = {}) => {
      await wishRun(db, name, { full, allowDeletions });
      const end = await pollFeed({ ...deps, owner }, name, new AbortController().signal);
      if (end === undefined) throw new Error("the feed is held by another process");
      return end;
    },
    documents: (collection) =>
      db.query<HeldDocument>(sql`
        SELECT id, scope, version, body AS fields FROM reference_document WHERE collection = ${collection} ORDER BY id`),
    refusals: () => listRefusals(db, name, 100),
    restart,
    close: restart,
  };
}
