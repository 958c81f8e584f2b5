/* oxlint-disable no-restricted-imports -- tests read their fixtures from disk */
import { fileURLToPath } from "node:url";
import { runAdapterContractTests, runFixtureTests } from "../../kit/testing/index.ts";
import { loadFixtures } from "../../kit/testing/node/load-fixtures.ts";
import { poslog } from "./index.ts";
import { configSchema } from "./config.ts";

const load = (adapter: string) => loadFixtures(fileURLToPath(new URL(`../${adapter}/fixtures`, import.meta.url)));
const own = load("poslog");

runFixtureTests(poslog, own);
runAdapterContractTests(poslog, {
  cases: own.map(({ name, bytes, config }) => ({ name, bytes, config: configSchema.parse(config) })),
  foreign: [...load("delimited"), ...load("canonical-json")],
  selfDelimiting: true,
});
