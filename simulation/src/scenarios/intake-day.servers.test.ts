import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { run, runJson, start, type Running } from "../world/programs.ts";
import { until } from "../world/until.ts";
import { createWorld, enrol, type World } from "../world/world.ts";
import { freePort, postedSale } from "./intake-agent.ts";

const cleanUps: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

interface Answer {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- answers of every shape are looked into
  readonly body: any;
}

/** Head office writes documents of a collection. */
async function importRows(world: World, collection: string, scope: string, rows: readonly object[]): Promise<void> {
  const file = join(world.folder, `${collection}.ndjson`);
  writeFileSync(file, rows.map((row) => JSON.stringify(row)).join("\n"));
  const ran = await run("cloud", ["reference", "import", "--collection", collection, "--scope", scope, file, ...world.cloudArgs]);
  if (ran.code !== 0) throw new Error(`${ran.stdout}${ran.stderr}`);
}

it("a POS's day over HTTP: prices, a member, a gift card, a sale, an order handed over with the line down", async () => {
  const world = createWorld();
  cleanUps.push(() => world.remove());
  const [port, cloudPort] = [await freePort(), await freePort()];
  const startCloud = (): Promise<Running> => start("cloud", ["serve", ...world.cloudArgs, "--port", String(cloudPort)]);
  let cloud = await startCloud();
  cleanUps.push(() => cloud.stop());
  await enrol(world, `http://127.0.0.1:${cloudPort}`);
  writeFileSync(join(world.agentFolder, "config.json"), JSON.stringify({ intake: { port }, ballastBytes: 0 }));
  const { token } = await runJson<{ token: string }>("agent", ["intake", "token", "add", "till-app", "--data", world.agentFolder]);
  const agent = await world.startAgent();
  cleanUps.push(() => agent.stop());
  const ask = async (path: string, body?: object | string): Promise<Answer> => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    return { status: answer.status, body: await answer.json() };
  };

  // Head office fills what flows down; pseudonyms come from the till, which alone sees the numbers.
  await until(
    "loaded",
    () => ask("/v1/orders"),
    ({ status }) => status === 200,
    60_000,
  );
  const { memberRef } = (await ask("/v1/members/identify", { number: "2610 0000 4711" })).body;
  const { cardRef } = (await ask("/v1/giftcards/identify", { number: "7001 0001" })).body;
  await importRows(world, "products", "all", [{ id: "a-1", gtins: ["04006381333931"], description: "Pen" }]);
  await importRows(world, "prices", "all", [
    { id: "p-1", itemId: "a-1", currency: "EUR", exponent: 2, amount: "199" },
    { id: "p-2", itemId: "a-1", currency: "EUR", exponent: 2, amount: "149", customerGroup: "gold" },
  ]);
  await importRows(world, "members", "all", [{ id: memberRef, tier: "gold", customerGroup: "gold" }]);
  await importRows(world, "orders", "store:S001", [
    {
      id: "web:4711",
      orderId: "4711",
      system: "web",
      storeId: "S001",
      status: "picked",
      pickupCode: "K7",
      lines: [{ itemId: "a-1", quantity: { value: "2", uom: "EA" } }],
      currency: "EUR",
      exponent: 2,
      total: "398",
      due: "398",
    },
  ]);
  const credit = [
    "accounts",
    "credit",
    "giftCard",
    cardRef,
    "--amount",
    "5000",
    "--unit",
    "EUR",
    "--reference",
    "sold-1",
    ...world.cloudArgs,
  ];
  expect((await run("cloud", credit)).code).toBe(0);

  const priced = await until(
    "priced",
    () => ask(`/v1/prices?gtin=4006381333931&memberRef=${memberRef}`),
    ({ status, body }) => status === 200 && body.customerGroup === "gold",
    60_000,
  );
  expect(priced.body).toMatchObject({ itemId: "a-1", price: { id: "p-2", amount: "149" }, product: { description: "Pen" }, line: "up" });
  await until(
    "order",
    () => ask("/v1/orders?pickupCode=K7"),
    ({ body }) => body.orders.length === 1,
    60_000,
  );

  // The first entry makes this journal known to the cloud, which then leases.
  expect((await ask("/v1/transactions", postedSale(1, 1))).body).toMatchObject({ allCaptured: true, results: [{ result: "captured" }] });
  const account = { kind: "giftCard", id: cardRef };
  const reserved = await until(
    "reserved",
    () => ask("/v1/redemptions", { redemptionId: "r-1", account, amount: "1990", unit: "EUR" }),
    ({ status }) => status === 200,
    60_000,
  );
  expect(reserved.body).toMatchObject({ kind: "reserved", policy: "asked", atRisk: "0" });
  expect((await ask("/v1/redemptions/r-1/commit", { saleRef: "17/1/2" })).body).toMatchObject({ kind: "committed", amount: "1990" });

  // The line goes down: everything known goes on, and staff are told what the cloud does not know.
  await cloud.stop();
  await until(
    "line down",
    () => ask("/v1/orders"),
    ({ body }) => body.line === "down",
    60_000,
  );
  expect((await ask("/v1/prices?itemId=a-1")).body).toMatchObject({ price: { amount: "199" }, line: "down" });
  const handedOver = await ask(`/v1/orders/${encodeURIComponent("web:4711")}/steps`, { stepId: "s-1", status: "fulfilled" });
  expect(handedOver.body).toMatchObject({ outcome: "written", line: "down", order: { status: "fulfilled", handedOverBy: "till-1" } });
  expect(handedOver.body.tell.map(({ code }: { code: string }) => code)).toEqual(["cloud-does-not-know", "payment-due"]);
  const again = await ask(`/v1/orders/${encodeURIComponent("web:4711")}/steps`, { stepId: "s-2", status: "fulfilled" });
  expect([again.status, again.body.error.code]).toEqual([409, "order.step-refused"]);
  expect(await ask("/v1/redemptions", { redemptionId: "r-2", account, amount: "5000", unit: "EUR" })).toMatchObject({
    status: 409,
    body: { error: { code: "quota.declined" } },
  });

  // It comes back: the cloud hears of all of it, and nothing was spent or handed over twice.
  cloud = await startCloud();
  const told = await until(
    "told",
    () => ask("/v1/orders/4711"),
    ({ body }) => body.line === "up" && body.toldHere[0].knownToCloud,
    60_000,
  );
  expect(told.body.tell.map(({ code }: { code: string }) => code)).toEqual(["payment-due"]);
  await until(
    "order",
    () => runJson<{ orders: { status: string }[] }>("cloud", ["orders", "show", "4711", "--system", "web", ...world.cloudArgs]),
    ({ orders }) => orders[0]?.status === "fulfilled",
    60_000,
  );
  await until(
    "card",
    () => runJson<{ balance: string }>("cloud", ["accounts", "show", "giftCard", cardRef, ...world.cloudArgs]),
    ({ balance }) => balance === "3010",
    60_000,
  );
});
