import type { OpenReader } from "../capture/reader.ts";
import type { AgentStatus } from "../health/status.ts";
import type { SourceDeps } from "../sources/source-deps.ts";
import { commitJobs } from "./capture/commit-jobs.ts";
import { createCommitQueue } from "./capture/commit-queue.ts";
import { statusRoutes } from "./routes/status.ts";
import { transactionsRoute } from "./routes/transactions.ts";
import { serveIntake, type Intake, type IntakeConfig, type IntakeDeps } from "./serve-intake.ts";

export interface StartIntakeDeps extends SourceDeps, Pick<IntakeDeps, "deadlines"> {
  readonly dir: string;
  readonly openReader: OpenReader;
  readonly status: () => AgentStatus;
}

/** The POS's interface to this agent: what it posts goes the way that files go, what it asks is read where the agent keeps it. */
export async function startIntake(deps: StartIntakeDeps, config: IntakeConfig | undefined): Promise<Intake> {
  const queue = createCommitQueue((jobs) => commitJobs(deps, jobs));
  const intake = await serveIntake(
    {
      ...deps,
      routes: (app) => {
        transactionsRoute(app, { ...deps, queue });
        statusRoutes(app, deps.status);
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
