/* oxlint-disable no-restricted-imports -- tests read their fixtures from disk */
import { fileURLToPath } from "node:url";
import { runAdapterContractTests, runFixtureTests } from "../../kit/testing/index.ts";
import { loadFixtures } from "../../kit/testing/node/load-fixtures.ts";
import { delimited } from "./index.ts";

const load = (adapter: string) => loadFixtures(fileURLToPath(new URL(`../${adapter}/fixtures`, import.meta.url)));
const own = load("delimited");

runFixtureTests(delimited, own);
runAdapterContractTests(delimited, {
  cases: own.map(({ name, bytes, config }) => ({ name, bytes, config: delimited.configSchema.parse(config) })),
  foreign: [...load("poslog"), ...load("canonical-json")],
  selfDelimiting: false,
});
