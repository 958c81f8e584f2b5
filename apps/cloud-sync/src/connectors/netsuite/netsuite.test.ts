import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import type { DeliveryItem } from "../connector.ts";
import { noContext, testPorts } from "../testing/context.ts";
import { makeScenarios } from "../testing/vendor-fake/scenarios.ts";
import { startVendorFake } from "../testing/vendor-fake/start-vendor-fake.ts";
import { virtualClock } from "../testing/vendor-fake/virtual-clock.ts";
import { netsuiteConfigSchema } from "./manifest.ts";
import { netsuite } from "./netsuite.ts";
import { fakeNetSuite } from "./testing/fake-netsuite.ts";
import { configOf } from "./testing/suite.ts";

const clock = virtualClock();
const config = configOf("https://1234567.suitetalk.api.netsuite.example", 5_000);
const itemOf = (name: string): DeliveryItem =>
  makeScenarios(clock.nowMs())
    .find((one) => one.name === name)!
    .items.at(-1)!;
const sale = itemOf("a member's sale that earns and burns points");

test("an entry balances, and stands under our own name", () => {
  const mapped = netsuite.map(sale, config);
  const [request] = mapped.kind === "requests" ? mapped.requests : [];
  const body = request?.body as { line: { items: { memo: string; debit?: number; credit?: number }[] }; currency: { id: string } };
  expect(request?.what).toBe(`PUT /services/rest/record/v1/journalEntry/eid:${request?.reference}?replace=line`);
  expect(body.currency).toEqual({ id: "4" });
  expect(body.line.items.map(({ memo, debit, credit }) => [memo, debit, credit])).toEqual([
    ["card VISA", 20, undefined],
    ["cash", 6.98, undefined],
    ["sales 7", undefined, 11.2],
    ["tax 7", undefined, 0.78],
    ["sales 19", undefined, 12.61],
    ["tax 19", undefined, 2.39],
  ]);
});

test("a currency without an id is missing from the mapping, and nothing is sent", async () => {
  const bare = { ...config, currencies: { USD: "1" } };
  const session = netsuite.open(bare, testPorts({ permit: () => Promise.reject(new Error("nothing may be sent")) }));
  expect(await session.send(sale, noContext)).toEqual({ kind: "mapping-missing", missing: [{ table: "currencies", code: "EUR" }] });
  await session.close();
});

test("a key that NetSuite would not take, and a mapping to what is no id, are refused", () => {
  const weak = generateKeyPairSync("rsa", { modulusLength: 2_048 }).privateKey.export({ type: "pkcs8", format: "pem" });
  for (const secret of [weak, "no key", generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" })])
    expect(JSON.stringify(netsuiteConfigSchema.safeParse({ ...config, secret }).error?.issues)).toContain("a private key in PEM");
  const parsed = netsuiteConfigSchema.safeParse({ ...config, mapping: { ...config.mapping, tenders: { cash: "Cash" } } });
  expect(JSON.stringify(parsed.error?.issues)).toContain("an internal id of NetSuite");
});

test.each([
  [
    "another client's key is a matter of the set-up",
    { secret: generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" }) as string },
  ],
  ["another certificate is a matter of the set-up", { certificateId: "certificate-2" }],
])("%s, and nothing is written", async (_name, over) => {
  const { vendor, memory } = fakeNetSuite(clock, { blind: false, keysIgnored: false });
  const server = await startVendorFake(vendor, clock);
  const session = netsuite.open({ ...configOf(server.url, 5_000), ...over }, testPorts());
  expect(await session.send(sale, noContext)).toMatchObject({ kind: "set-up" });
  expect(memory.documents()).toEqual([]);
  await session.close();
  await server.close();
});
