import type { VendorSuite } from "../../testing/vendor-fake/run-vendor-contract-tests.ts";
import { talonOneConfigSchema, type TalonOneConfig } from "../manifest.ts";
import { talonOne } from "../talon-one.ts";
import { expectedAtTalonOne, fakeTalonOne } from "./fake-talon-one.ts";

const config = (url: string, timeoutMs: number): TalonOneConfig =>
  talonOneConfigSchema.parse({
    url,
    timeoutMs,
    allowPrivateNetwork: true,
    secret: "integration-test",
    managementKey: "management-test",
    currency: "EUR",
    loyalty: { programId: 7 },
    mapping: { version: 1, stores: { "9": "store-9" } },
  });

/** A return without a receipt and without a member is nothing to Talon.One. */
export const suite: VendorSuite<TalonOneConfig> = {
  connector: talonOne,
  start: fakeTalonOne,
  config,
  expected: expectedAtTalonOne,
  without: ["a return without a receipt"],
  hasKeys: false,
};
