import { expect, test } from "vitest";
import { noContext, testPorts } from "../testing/context.ts";
import { stepItem } from "../testing/step-item.ts";
import { makeScenarios } from "../testing/vendor-fake/scenarios.ts";
import { startVendorFake, type VendorServer } from "../testing/vendor-fake/start-vendor-fake.ts";
import { virtualClock } from "../testing/vendor-fake/virtual-clock.ts";
import type { FakeAnswer, FakeCall } from "../testing/vendor-fake/vendor-rules.ts";
import { salesforceB2cConfigSchema } from "./manifest.ts";
import { salesforceB2c } from "./salesforce-b2c.ts";

const NOW = Date.UTC(2026, 10, 20, 9);
const access = { url: "https://shop.example/s/-/dw/data/v25_6", clientId: "till", secret: "very-secret", siteId: "Shop" };
const config = salesforceB2cConfigSchema.parse(access);
const lines = [{ itemId: "mug", quantity: { value: "1", uom: "EA" } }];
const putsOf = (step: object, of = config): string[] => {
  const mapped = salesforceB2c.map(stepItem("1", { orderId: "A/1", ...step }), of);
  return mapped.kind === "requests"
    ? mapped.requests.map(({ what, body }) => `${what.replace("PUT /sites/Shop/orders/A%2F1/", "")} ${(body as { status: string }).status}`)
    : [mapped.kind];
};

test.each<[object, string[]]>([
  [{ status: "created" }, ["external_status created"]],
  [{ status: "confirmed" }, ["confirmation_status confirmed", "external_status confirmed"]],
  [{ status: "picked" }, ["external_status picked"]],
  [{ status: "shipped" }, ["shipping_status shipped", "external_status shipped"]],
  [{ status: "shipped", lines }, ["shipping_status part_shipped", "external_status shipped"]],
  [{ status: "delivered" }, ["shipping_status shipped", "external_status delivered"]],
  [{ status: "delivered", lines }, ["external_status delivered"]],
  [{ status: "returned" }, ["external_status returned"]],
  [{ status: "cancelled" }, ["status cancelled", "external_status cancelled"]],
  [{ status: "cancelled", lines }, ["external_status cancelled"]],
])("%o puts %o", (step, puts) => {
  expect(putsOf(step)).toEqual(puts);
});

test("orders of another system and receipts are nothing", () => {
  const own = salesforceB2cConfigSchema.parse({ ...access, system: "b2c" });
  expect(putsOf({ status: "shipped", system: "erp" }, own)).toEqual(["nothing"]);
  expect(putsOf({ status: "shipped" }, own)).toEqual(["nothing"]);
  expect(putsOf({ status: "shipped", system: "b2c" }, own)).toHaveLength(2);
  expect(salesforceB2c.map(makeScenarios(NOW)[0]!.items[0]!, config)).toMatchObject({ kind: "nothing" });
});

const fault = (status: number, type: string): FakeAnswer => ({ status, body: { fault: { type, message: type } } });

test.each<[string, FakeAnswer, object]>([
  ["no such order", fault(404, "OrderNotFoundException"), { kind: "cause-missing", cause: "order:/00001" }],
  ["no such site", fault(404, "SiteNotFoundException"), { kind: "set-up", detail: "status 404 SiteNotFoundException" }],
  ["nothing under the address", { status: 404 }, { kind: "set-up", detail: "status 404" }],
  ["a conflict", fault(409, "ConflictException"), { kind: "theirs" }],
  ["a refusal", fault(400, "InvalidStatusException"), { kind: "rejected", detail: "status 400 InvalidStatusException" }],
  ["a success with a page", { status: 200, body: { ok: true } }, { kind: "uncertain" }],
])("%s", async (_name, answer, result) => {
  const server = await serve(() => answer);
  const own = salesforceB2cConfigSchema.parse({ ...access, url: server.url, tokenUrl: `${server.url}/token`, allowPrivateNetwork: true });
  const session = salesforceB2c.open(own, testPorts());
  expect(await session.send(stepItem("1", { orderId: "00001", status: "picked" }), noContext)).toMatchObject(result);
  await session.close();
  await server.close();
});

/** Gives a token, and one answer to everything else. */
const serve = (answer: (call: FakeCall) => FakeAnswer): Promise<VendorServer> =>
  startVendorFake(
    {
      rules: {
        judge: ({ path, query, headers }) => ({ kind: "call", call: { operation: path, params: {}, query, headers, body: undefined } }),
        judgeAnswer: () => undefined,
      },
      answer: (call) => (call.operation === "/token" ? { status: 200, body: { access_token: "one", token_type: "Bearer" } } : answer(call)),
      repeatable: () => true,
    },
    virtualClock(),
  );

test.each([
  [{ tokenUrl: "http://issuer.example" }, "plain http"],
  [{ url: "http://shop.example" }, "plain http"],
  [{ colour: "red" }, "colour"],
])("refuses %o", (extra, about) => {
  const parsed = salesforceB2cConfigSchema.safeParse({ ...access, ...extra });
  expect(JSON.stringify(parsed.error?.issues)).toContain(about);
});

test("refuses an issuer at a private address", () => {
  expect(() => salesforceB2c.check({ ...config, tokenUrl: "https://127.0.0.1/token" })).toThrow(
    expect.objectContaining({ code: "destination.address-refused" }),
  );
});
