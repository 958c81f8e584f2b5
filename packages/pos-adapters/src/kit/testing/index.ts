export { runAdapterContractTests, type AdapterCase, type ContractOptions } from "./run-adapter-contract-tests.ts";
export { runFixtureTests, type Fixture } from "./run-fixture-tests.ts";
export { testContext } from "./test-context.ts";
export { parseAll, parseFrom, parseInPieces } from "./parse-all.ts";
export { CARD_CANARIES } from "./card-canaries.ts";
