import { runVendorContractTests } from "../testing/vendor-fake/run-vendor-contract-tests.ts";
import { suite } from "./testing/suite.ts";

runVendorContractTests("ShipEngine", suite);
