import type { Database } from "../../../apps/cloud-sync/src/db/database.ts";
import { TillsyncError } from "@tillsync/sync-protocol";
import type { AgentStore } from "../../../apps/edge-agent/src/store/agent-store.ts";

/** The process is gone. Whatever it was about to do, it does not. */
export class Crashed extends Error {
  override readonly name = "Crashed";
}

/** When the next process dies at a commit: counted down by commits, on either side of the one that is reached. */
export interface CrashPlan {
  commitsLeft: number;
  side: "before" | "after";
  crashed: boolean;
}

export const noCrash = (): CrashPlan => ({ commitsLeft: Number.POSITIVE_INFINITY, side: "before", crashed: false });

/** The real store, in a process that dies where the plan says; a dead one reads and writes nothing more. */
export function crashingStore(store: AgentStore, plan: CrashPlan): AgentStore {
  const alive = (): void => {
    if (plan.crashed) throw new Crashed();
  };
  const commit = (real: () => unknown): unknown => {
    plan.commitsLeft -= 1;
    const due = plan.commitsLeft <= 0;
    if (due && plan.side === "before") plan.crashed = true;
    alive();
    const result = real();
    if (due) plan.crashed = true;
    alive();
    return result;
  };
  return {
    ...store,
    prepare: (text) => {
      // What rolls back is SQLite's own doing when the file is opened again; here the dead process does it at once.
      if (text !== "ROLLBACK") alive();
      const statement = store.prepare(text);
      if (text !== "COMMIT") return statement as never;
      return { run: () => commit(() => statement.run(...([] as never[]))) } as never;
    },
  };
}

export interface CloudTrouble {
  readonly plan: CrashPlan;
  /** Says whether the database cannot be reached just now. */
  away: () => boolean;
  /** A broken cloud for negative controls: what was rolled back is answered as if it were stored. */
  readonly answersBeforeCommit: boolean;
}

class Lied extends Error {}

/** The real database, in a process that dies where the plan says, before the commit or after it and before the answer. */
export function crashingDatabase(db: Database, trouble: CloudTrouble): Database {
  const { plan } = trouble;
  const alive = (): void => {
    if (plan.crashed) throw new Crashed();
    if (trouble.away()) throw new TillsyncError("db.unavailable");
  };
  return {
    ...db,
    query: (statement) => {
      alive();
      return db.query(statement);
    },
    transaction: async (work) => {
      alive();
      plan.commitsLeft -= 1;
      const due = plan.commitsLeft <= 0;
      if (due && plan.side === "before" && trouble.answersBeforeCommit) return answerAndForget(db, work, plan);
      const result = await db.transaction(async (tx) => {
        const done = await work(tx);
        if (due && plan.side === "before") plan.crashed = true;
        if (plan.crashed) throw new Crashed();
        return done;
      });
      if (due) plan.crashed = true;
      if (plan.crashed) throw new Crashed();
      return result;
    },
  };
}

async function answerAndForget<T>(db: Database, work: Parameters<Database["transaction"]>[0], plan: CrashPlan): Promise<T> {
  let result: unknown;
  await db
    .transaction(async (tx) => {
      result = await work(tx);
      throw new Lied();
    })
    .catch((error: unknown) => {
      if (!(error instanceof Lied)) throw error;
    });
  plan.commitsLeft = Number.POSITIVE_INFINITY;
  return result as T;
}
