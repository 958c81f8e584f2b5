import { describe } from "vitest";
import { openExternalDatabase, TEST_PG_URL } from "../db/testing/open-external-database.ts";
import { runEventLogContractTests } from "./testing/run-event-log-contract-tests.ts";

describe.skipIf(TEST_PG_URL === undefined)("needs a server at TEST_PG_URL", () => {
  runEventLogContractTests("an external PostgreSQL", async () => {
    const external = await openExternalDatabase();
    return { db: external.db, concurrent: true, close: () => external.drop() };
  });
});
