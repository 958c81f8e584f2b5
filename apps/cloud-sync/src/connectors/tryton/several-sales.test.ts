import { afterEach, expect, test } from "vitest";
import type { SendResult } from "../connector.ts";
import { noContext } from "../testing/context.ts";
import { FakeError } from "./testing/fake-books.ts";
import { fates } from "./testing/fake-tryton.ts";
import { itemOf, makeReceipt } from "./testing/make-receipt.ts";
import { bringToEnd, closeWorlds, faultsOf, openWorld, rowsOf, type World } from "./testing/open-world.ts";

afterEach(closeWorlds);

const several = ["41", "42", "43"].map((sequence) =>
  itemOf(makeReceipt([{ amount: "129", rate: "7", tax: "8" }], [{ amount: "129" }], {}, sequence)),
);
const expectedSeveral = Object.fromEntries(several.map(({ identity }) => [identity, "129"]));
const bringAll = (world: World): Promise<SendResult[][]> => Promise.all(several.map((item) => bringToEnd(world, item)));

test("share their calls, and end as so many sales", async () => {
  const alone = await openWorld();
  for (const item of several) await bringToEnd(alone, item);
  const together = await openWorld();
  await bringAll(together);
  expect([faultsOf(alone, expectedSeveral), faultsOf(together, expectedSeveral)]).toEqual([[], []]);
  expect(together.fake.calls.length).toBeLessThan(alone.fake.calls.length / 2);
});

test.each(["cutAfterCommit", "doubled", "unknownError"] as const)(
  "%s, at every call: each once, whatever was lost",
  async (name) => {
    const plain = await openWorld();
    await bringAll(plain);
    for (let at = 0; at < plain.fake.calls.length; at++) {
      const world = await openWorld();
      world.fake.decide((call) => (call === at ? fates[name] : fates.fine));
      await bringAll(world);
      expect([at, faultsOf(world, expectedSeveral)]).toEqual([at, []]);
    }
  },
  60_000,
);

test("one that is refused holds none of the others up", async () => {
  const [refused, ...others] = several;
  const world = await openWorld({}, { dedupe: true }, (model, method, args) => {
    const ids = args[0] as number[];
    const isRefused = rowsOf(world, "sale.sale").some((row) => ids.includes(row.id) && row["reference"] === refused?.identity);
    if (model === "sale.sale" && method === "quote" && isRefused) throw new FakeError('["UserError",["Not this one.","",null]]');
  });
  const results = await Promise.all(several.map((item) => world.session.send(item, noContext)));
  expect(results.map(({ kind }) => kind)).toEqual(["rejected", "delivered", "delivered"]);
  const done = rowsOf(world, "sale.sale").filter((row) => row["state"] === "done");
  expect(done.map((row) => row["reference"])).toEqual(others.map(({ identity }) => identity));
});

test("a refusal of the moment refuses nobody", async () => {
  let refusals = 0;
  const world = await openWorld({}, { dedupe: true }, (model, method) => {
    if (model === "account.move" && method === "create" && refusals++ === 0)
      throw new FakeError('["UserError",["You can create only one journal per period.","",null]]');
  });
  const [one] = several;
  if (one === undefined) throw new Error("no sale");
  expect(await world.session.send(one, noContext)).toMatchObject({ kind: "delivered" });
  expect([refusals, faultsOf(world, { [one.identity]: "129" })]).toEqual([2, []]);
});

test("negative control: without looking first, the same check finds doubles", async () => {
  const world = await openWorld({}, { dedupe: false });
  world.fake.decide((_at, { method }) =>
    method === "model.account.invoice.post" && rowsOf(world, "sale.sale").length <= several.length ? fates.cutAfterCommit : fates.fine,
  );
  await bringAll(world);
  expect(faultsOf(world, expectedSeveral)).toContainEqual(expect.stringMatching(/^2 sales under /));
});
