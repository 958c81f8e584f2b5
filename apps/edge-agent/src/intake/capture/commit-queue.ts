import { TillsyncError } from "@tillsync/sync-protocol";
import { COMMIT_ROWS_MAX } from "../limits.ts";
import type { CaptureJob } from "./commit-jobs.ts";
import type { RowResult } from "./row-result.ts";

export interface CommitQueue {
  /** Resolves once the request's rows are on disk, with what became of each; rejects with why they are not. */
  readonly add: (job: CaptureJob) => Promise<RowResult[]>;
  /** No more are taken (`agent.stopping`); resolves once those that were are answered. */
  readonly close: () => Promise<void>;
}

interface Waiting {
  readonly job: CaptureJob;
  readonly resolve: (results: RowResult[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Lets requests share a commit: while one syncs the disk the next ones arrive, and all of them go together. A request
 * that comes alone does not wait for others. The order of requests is kept. How many wait is bounded by the requests in
 * hand.
 */
export function createCommitQueue(commit: (jobs: readonly CaptureJob[]) => RowResult[][]): CommitQueue {
  let waiting: Waiting[] = [];
  let scheduled = false;
  let closed = false;
  let idle: (() => void)[] = [];
  const flush = (): void => {
    scheduled = false;
    const group = takeGroup(waiting);
    waiting = waiting.slice(group.length);
    commitGroup(commit, group);
    if (waiting.length > 0) schedule();
    else for (const done of idle.splice(0)) done();
  };
  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    // After the events of this turn: what has arrived by then goes along.
    setImmediate(flush);
  };
  return {
    add: (job) =>
      new Promise((resolve, reject) => {
        if (closed) {
          reject(new TillsyncError("agent.stopping"));
          return;
        }
        waiting.push({ job, resolve, reject });
        schedule();
      }),
    close: () => {
      closed = true;
      return waiting.length === 0 ? Promise.resolve() : new Promise((resolve) => void (idle = [...idle, resolve]));
    },
  };
}

/** The first ones, up to the bound; it ends before a request that brings another content of a receipt that is in it. */
function takeGroup(waiting: readonly Waiting[]): Waiting[] {
  const contents = new Map<string, Buffer>();
  let rows = 0;
  const end = waiting.findIndex(({ job }, i) => {
    rows += job.rows.length;
    if (i > 0 && rows > COMMIT_ROWS_MAX) return true;
    const clashes = job.rows.some((row) => {
      if (row.kind === "set-aside") return false;
      const other = contents.get(row.key);
      return other !== undefined && !other.equals(row.hash);
    });
    if (clashes) return true;
    for (const row of job.rows) if (row.kind === "transaction" && !contents.has(row.key)) contents.set(row.key, row.hash);
    return false;
  });
  return end < 0 ? [...waiting] : waiting.slice(0, end);
}

/** A failure of the disk is everybody's. Any other is one request's: each is then committed alone, and the culprit fails alone. */
function commitGroup(commit: (jobs: readonly CaptureJob[]) => RowResult[][], group: readonly Waiting[]): void {
  try {
    const results = commit(group.map(({ job }) => job));
    group.forEach(({ resolve }, i) => resolve(results[i] ?? []));
  } catch (error) {
    const isShared = error instanceof TillsyncError || group.length === 1;
    for (const one of group) {
      if (isShared) one.reject(error);
      else commitGroup(commit, [one]);
    }
  }
}
