import { TillsyncError } from "@tillsync/sync-protocol";
import type { Enrolment } from "../enrol/enrolment.ts";
import type { AgentStatus } from "../health/status.ts";
import type { FindOrder } from "../hand-over/note-told-steps.ts";
import type { Redemptions } from "../redemptions/redemptions.ts";
import { readOrder } from "../reference/read/read-orders.ts";
import type { ReferenceStore } from "../reference/store/reference-store.ts";
import type { ReplicatorPorts } from "../replicator/ports.ts";
import type { UpstreamState } from "../replicator/upstream-status.ts";
import type { SourceDeps } from "../sources/source-deps.ts";
import { commitJobs } from "./capture/commit-jobs.ts";
import { createCommitQueue } from "./capture/commit-queue.ts";
import { itemRoutes } from "./routes/items.ts";
import { orderRoutes } from "./routes/orders.ts";
import { peopleRoutes } from "./routes/people.ts";
import { redemptionRoutes } from "./routes/redemptions.ts";
import { statusRoutes } from "./routes/status.ts";
import { transactionsRoute } from "./routes/transactions.ts";
import { serveIntake, type Intake, type IntakeConfig, type IntakeDeps } from "./serve-intake.ts";

export interface StartIntakeDeps extends SourceDeps, Pick<IntakeDeps, "deadlines"> {
  readonly dir: string;
  readonly ports: Pick<ReplicatorPorts, "wallMs" | "monotonicMs" | "setTimer">;
  readonly status: () => AgentStatus;
  readonly reference: ReferenceStore;
  readonly redemptions: Redemptions;
  /** The enrolment in force; undefined until there is one. */
  readonly enrolment: () => Enrolment | undefined;
  readonly line: () => UpstreamState;
  /** A POS has told something, or asked for more than to read. */
  readonly onTold?: () => void;
}

/** The POS's interface to this agent: what it posts goes the way that files go, what it asks is read where the agent keeps it. */
export async function startIntake(deps: StartIntakeDeps, config: IntakeConfig | undefined): Promise<Intake> {
  const findOrder = findOrderIn(deps.reference);
  const queue = createCommitQueue((jobs) => commitJobs({ ...deps, findOrder }, jobs));
  const reads = { ...deps, wallMs: deps.ports.wallMs };
  const terminal = (): ReturnType<Parameters<typeof orderRoutes>[1]["terminal"]> => deps.enrolment();
  const intake = await serveIntake(
    {
      ...deps,
      routes: (app) => {
        app.addHook("onRequest", async (request) => {
          if (request.method !== "GET") deps.onTold?.();
        });
        transactionsRoute(app, { ...deps, queue });
        itemRoutes(app, reads);
        peopleRoutes(app, reads);
        redemptionRoutes(app, deps);
        orderRoutes(app, { ...reads, terminal });
        statusRoutes(app, deps);
      },
    },
    config,
  );
  return {
    ...intake,
    stop: async () => {
      await intake.stop();
      await queue.close();
    },
  };
}

/** By the document's id in a shop of several systems, then by the order's own number. What cannot be read is not known: a sale never waits for it. */
const findOrderIn =
  (reference: ReferenceStore): FindOrder =>
  (orderId, system) => {
    try {
      return (system === undefined ? undefined : readOrder(reference, `${system}:${orderId}`)) ?? readOrder(reference, orderId);
    } catch (error) {
      if (!(error instanceof TillsyncError)) throw error;
      return undefined;
    }
  };
