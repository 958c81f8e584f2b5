import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { openEmbedded } from "../db/embedded/open-embedded.ts";
import { migrate } from "../db/migrate.ts";
import { runEventLogContractTests } from "./testing/run-event-log-contract-tests.ts";

runEventLogContractTests("the embedded PostgreSQL", async () => {
  const dir = await mkdtemp(join(tmpdir(), "tillsync-log-"));
  const db = await openEmbedded({ dir, role: "serve", log: pino({ level: "silent" }) });
  await migrate(db);
  const close = async (): Promise<void> => {
    await db.close();
    await rm(dir, { recursive: true, force: true });
  };
  return { db, concurrent: true, close };
});
