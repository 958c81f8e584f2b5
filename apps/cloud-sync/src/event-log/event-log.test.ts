import { openTestDatabase } from "../db/testing/open-test-database.ts";
import { runEventLogContractTests } from "./testing/run-event-log-contract-tests.ts";

runEventLogContractTests("PGlite", async () => {
  const db = await openTestDatabase();
  return { db, concurrent: false, close: () => db.close() };
});
