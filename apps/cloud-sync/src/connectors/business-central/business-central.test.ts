import { expect, test } from "vitest";
import type { DeliveryItem } from "../connector.ts";
import { noContext, testPorts } from "../testing/context.ts";
import { specsAbsent, vendorSpecs } from "../testing/vendor-fake/load-spec.ts";
import { makeScenarios, receipt } from "../testing/vendor-fake/scenarios.ts";
import { startVendorFake } from "../testing/vendor-fake/start-vendor-fake.ts";
import { virtualClock } from "../testing/vendor-fake/virtual-clock.ts";
import { businessCentral } from "./business-central.ts";
import { businessCentralConfigSchema } from "./manifest.ts";
import { numberOf } from "./map.ts";
import { fakeBusinessCentral } from "./testing/fake-business-central.ts";
import { configOf } from "./testing/suite.ts";

const clock = virtualClock();
const config = configOf("https://bc.example", 5_000);
const itemOf = (name: string): DeliveryItem =>
  makeScenarios(clock.nowMs())
    .find((one) => one.name === name)!
    .items.at(-1)!;

test("external numbers fit their field, and a reversal's is another", () => {
  const { identity } = itemOf("a sale");
  const [own, reversed] = [numberOf(identity), numberOf(`${identity}-r`)];
  expect([own.length, reversed.length]).toEqual([35, 35]);
  expect(own).not.toBe(reversed);
  expect(own).toBe(own.toUpperCase());
});

test("the two sides of an exchange are an invoice and a credit memo, dated by the day alone", () => {
  const mapped = businessCentral.map(itemOf("an exchange"), config);
  const requests = mapped.kind === "requests" ? mapped.requests : [];
  expect(requests.map(({ what }) => what)).toEqual(["POST salesInvoices, Microsoft.NAV.post", "POST salesCreditMemos, Microsoft.NAV.post"]);
  expect(requests.map(({ body }) => body)).toMatchObject([{ invoiceDate: "2026-11-20" }, { creditMemoDate: "2026-11-20" }]);
  expect(JSON.stringify(requests)).not.toContain(config.secret);
});

test("a mapping that lacks codes names all of them, and nothing is sent", async () => {
  const bare = { ...config, mapping: { ...config.mapping, stores: {}, tenders: {}, taxes: {}, customers: {} } };
  const session = businessCentral.open(bare, testPorts({ permit: () => Promise.reject(new Error("nothing may be sent")) }));
  const result = await session.send(itemOf("a sale with taxes on top"), noContext);
  const codes = result.kind === "mapping-missing" ? result.missing.map(({ table, code }) => `${table} ${code}`) : [];
  expect(codes.toSorted()).toEqual(["customers none", "stores 9", "taxes 8.875", "tenders card:VISA"]);
  await session.close();
});

test.skipIf(vendorSpecs === "")(
  `an item that Business Central lacks is missing in the mapping, and nothing is written${specsAbsent}`,
  { timeout: 60_000 },
  async () => {
    const { vendor, memory } = fakeBusinessCentral(clock, { blind: false, keysIgnored: false });
    const server = await startVendorFake(vendor, clock);
    const session = businessCentral.open(configOf(server.url, 5_000), testPorts());
    const line = {
      line: 1,
      action: "sale",
      itemType: "stock",
      itemId: "unknown",
      quantity: { value: "1", uom: "EA" },
      extendedAmount: "100",
    };
    const item = receipt(
      { sequence: "30", lines: [line], tenders: [{ line: 9, type: "cash", use: "sale", amount: "100" }] },
      clock.nowMs(),
    );
    expect(await session.send(item, noContext)).toEqual({ kind: "mapping-missing", missing: [{ table: "items", code: "unknown" }] });
    expect(memory.documents()).toEqual([]);
    await session.close();
    await server.close();
    expect(server.violations).toEqual([]);
  },
);

test.each([
  [{ tokenUrl: "http://login.example/token", allowPrivateNetwork: false, url: "https://bc.example" }, "plain http"],
  [{ company: "Cronus" }, "company"],
  [{ colour: "red" }, "colour"],
])("a configuration with %o is refused", (extra, about) => {
  expect(JSON.stringify(businessCentralConfigSchema.safeParse({ ...config, ...extra }).error?.issues)).toContain(about);
});

test("an issuer at a private address is refused", () => {
  const inside = { ...config, allowPrivateNetwork: false, tokenUrl: "https://127.0.0.1/token" };
  expect(() => businessCentral.check(inside)).toThrow(expect.objectContaining({ code: "destination.address-refused" }));
});
