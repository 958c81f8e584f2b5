import { createHash } from "node:crypto";
import { watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { run, runJson, start } from "../world/programs.ts";
import { seededRandom } from "../world/random.ts";
import { until } from "../world/until.ts";
import { createWorld, enrol, type World } from "../world/world.ts";

const cleanUps: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

const ITEMS = 3_000;
const KILLS = 3;

interface Reference {
  readonly state: string;
  readonly collections: readonly { readonly name: string; readonly documents: number; readonly loaded: boolean }[];
}

async function importRows(world: World, collection: string, scope: string, rows: readonly object[]): Promise<void> {
  const file = join(world.folder, `${collection}.ndjson`);
  writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  const ran = await run("cloud", ["reference", "import", "--collection", collection, "--scope", scope, file, ...world.cloudArgs]);
  expect(ran.stdout + ran.stderr).toContain("0 refused");
}

const price = (item: number, amount: number): object => ({
  id: `p${item}`,
  itemId: `i${item}`,
  currency: "EUR",
  exponent: 2,
  amount: String(amount),
});

/** The hash of the cloud's living documents as a terminal has them. */
async function cloudDigest(world: World, versions: ReadonlyMap<string, number>): Promise<string> {
  const hash = createHash("sha256");
  for (const collection of ["prices", "products"]) {
    let after: string | undefined;
    do {
      const more = after === undefined ? [] : ["--after", after];
      const page = await runJson<{ documents: Record<string, unknown>[]; next?: string }>("cloud", [
        "reference",
        "list",
        collection,
        "--limit",
        "10000",
        ...more,
        ...world.cloudArgs,
      ]);
      for (const { scope: _scope, ...fields } of page.documents) {
        const wire = { ...fields, schemaVersion: 1, version: versions.get(String(fields["id"])) ?? 1, _deleted: false };
        hash.update(`${collection} ${JSON.stringify(inOrder(wire))}\n`);
      }
      after = page.next;
    } while (after !== undefined);
  }
  return hash.digest("hex");
}

const inOrder = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, inOrder(inner)]));
};

test("a terminal that is killed while it loads from a real cloud ends identical to it, and hears of a new price at once", async () => {
  const world = createWorld();
  cleanUps.push(() => world.remove());
  const cloud = await world.startCloud();
  cleanUps.push(() => cloud.stop());
  await enrol(world, cloud.url);
  const numbers = Array.from({ length: ITEMS }, (_, i) => i);
  const product = (i: number): object => ({ id: `i${i}`, gtins: [String(4e12 + i).padStart(14, "0")], description: `Article ${i}` });
  await importRows(world, "products", "all", numbers.map(product));
  await importRows(
    world,
    "prices",
    "all",
    numbers.map((i) => price(i, 100 + i)),
  );
  const built = async (): Promise<number> => cloud.output().split("a snapshot of reference data was built").length - 1;
  await until("snapshots of both", built, (count) => count >= 2);
  const seen = new Set<string | null>();
  const watching = watch(world.agentFolder, (_event, name) => void seen.add(name));
  cleanUps.push(() => watching.close());
  const chance = seededRandom(1_122);
  for (let kill = 0; kill < KILLS; kill += 1) {
    const agent = await start("agent", ["run", "--data", world.agentFolder]);
    await sleep(50 + chance() * 400);
    agent.kill("SIGKILL");
    await agent.exited;
  }
  const agent = await start("agent", ["run", "--data", world.agentFolder]);
  cleanUps.push(() => agent.stop());
  const status = (): Promise<Reference> => runJson("agent", ["reference", "status", "--data", world.agentFolder]);
  const loaded = await until("loaded", status, ({ state, collections }) => state === "live" && collections.every((one) => one.loaded));
  expect(seen).toContain("reference-chunks");
  expect(loaded.collections.find(({ name }) => name === "prices")?.documents).toBe(ITEMS);
  const digest = (): Promise<{ sha256: string; documents: number }> =>
    runJson("agent", ["reference", "digest", "prices", "products", "--data", world.agentFolder]);
  expect(await digest()).toEqual({ sha256: await cloudDigest(world, new Map()), documents: 2 * ITEMS });

  await importRows(world, "prices", "all", [price(7, 4_711)]);
  const asked = (): Promise<{ price?: { amount: string } }> =>
    runJson("agent", ["reference", "price", "gtin:4000000000007", "--data", world.agentFolder]);
  await until("the new price", asked, (found) => found.price?.amount === "4711", 20_000);
  expect((await digest()).sha256).toBe(await cloudDigest(world, new Map([["p7", 2]])));
});
