/* oxlint-disable no-restricted-imports -- tests read their fixtures from disk */
import { fileURLToPath } from "node:url";
import { runAdapterContractTests, runFixtureTests } from "../../kit/testing/index.ts";
import { loadFixtures } from "../../kit/testing/node/load-fixtures.ts";
import { canonicalJson } from "./index.ts";

const load = (adapter: string) => loadFixtures(fileURLToPath(new URL(`../${adapter}/fixtures`, import.meta.url)));
const own = load("canonical-json");

runFixtureTests(canonicalJson, own);
runAdapterContractTests(canonicalJson, {
  cases: own.map(({ name, bytes, config }) => ({ name, bytes, config: canonicalJson.configSchema.parse(config) })),
  foreign: [...load("poslog"), ...load("delimited")],
  selfDelimiting: true,
});
