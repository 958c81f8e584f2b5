import { strict as assert } from "node:assert";
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { run, runJson, start } from "../world/programs.ts";
import { dropFile, printTillFiles } from "../world/shop.ts";
import type { EdgeStatus } from "../world/statuses.ts";
import { until } from "../world/until.ts";
import { createWorld, enrol, type World } from "../world/world.ts";

const cleanUps: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

/** Three files hold it all: each scenario captures the first, the second and the third. */
const till = printTillFiles({ seed: "copied", workstation: "1", sales: 60, perFile: 30 });

assert.equal(till.files.length, 3);

async function captureFile(world: World, folder: string, index: number): Promise<void> {
  const name = `day-${index}.xml`;
  dropFile(world.posFolder, name, till.files[index] ?? "");
  const ran = await run("agent", ["capture", "--data", folder, "--adapter", "poslog", join(world.posFolder, name), "--json"]);
  expect(ran.stderr + ran.stdout).toContain("transactions");
  expect(ran.code).toBe(0);
}

/** Runs the agent until the cloud has all that this folder holds. */
async function drain(folder: string): Promise<EdgeStatus> {
  const agent = await start("agent", ["run", "--data", folder]);
  const status = await until(
    "drained",
    () => runJson<EdgeStatus>("agent", ["status", "--data", folder]),
    ({ upstreams }) => upstreams.length > 0 && upstreams.every(({ pending, state }) => pending === 0 && state === "online"),
    60_000,
  );
  await agent.stop();
  return status;
}

async function prepare(): Promise<World> {
  const world = createWorld();
  cleanUps.push(() => world.remove());
  const cloud = await world.startCloud();
  cleanUps.push(() => cloud.stop());
  await enrol(world, cloud.url);
  await captureFile(world, world.agentFolder, 0);
  await drain(world.agentFolder);
  return world;
}

async function expectNothingLostOrDoubled(world: World): Promise<void> {
  const { transactions, byType, grossByCurrency } = till.expected;
  const status = await until(
    "read",
    () => world.cloudStatus(),
    ({ transactions: read }) => read.count >= transactions,
    60_000,
  );
  expect(status.transactions).toMatchObject({ count: transactions, byType, grossByCurrency });
  expect((await run("cloud", ["verify", ...world.cloudArgs])).code).toBe(0);
}

test("a folder restored from an older copy goes on in a new epoch; nothing is lost or doubled", async () => {
  const world = await prepare();
  const backup = join(world.folder, "backup");
  cpSync(world.agentFolder, backup, { recursive: true });
  await captureFile(world, world.agentFolder, 1);
  await drain(world.agentFolder);

  rmSync(world.agentFolder, { recursive: true });
  cpSync(backup, world.agentFolder, { recursive: true });
  await captureFile(world, world.agentFolder, 1);
  await captureFile(world, world.agentFolder, 2);
  const restored = await drain(world.agentFolder);

  expect(restored.epoch).toBeGreaterThan(1);
  expect((await world.cloudStatus()).forks).toContainEqual(expect.objectContaining({ terminalId: "till-1", reason: "restored" }));
  await expectNothingLostOrDoubled(world);
  expect((await run("agent", ["verify", "--data", world.agentFolder])).code).toBe(0);
});

test("a folder copied to a second machine goes on in an epoch of its own while the first sells on", async () => {
  const world = await prepare();
  const copy = join(world.folder, "second-machine");
  cpSync(world.agentFolder, copy, { recursive: true });
  await captureFile(world, world.agentFolder, 1);
  await captureFile(world, copy, 2);
  const first = await drain(world.agentFolder);
  const second = await drain(copy);

  expect(first.epoch).toBe(1);
  expect(second.epoch).toBeGreaterThan(1);
  await expectNothingLostOrDoubled(world);
  const { journals } = await world.cloudStatus();
  expect(journals.filter(({ terminalId }) => terminalId === "till-1").length).toBeGreaterThan(1);
});

test("a copy that the machine does not notice is found as a fork, and reported", async () => {
  const world = await prepare();
  const backup = join(world.folder, "backup");
  cpSync(world.agentFolder, backup, { recursive: true });
  await captureFile(world, world.agentFolder, 1);
  await drain(world.agentFolder);
  // The same database file with older content, as a disk image put back in place has it: path and inode stay.
  cpSync(join(backup, "agent.sqlite"), join(world.agentFolder, "agent.sqlite"));
  rmSync(join(world.agentFolder, "agent.sqlite-wal"), { force: true });
  rmSync(join(world.agentFolder, "agent.sqlite-shm"), { force: true });
  await captureFile(world, world.agentFolder, 2);
  await captureFile(world, world.agentFolder, 1);
  const status = await drain(world.agentFolder);

  expect(status.epoch).toBeGreaterThan(1);
  expect((await world.cloudStatus()).forks).toContainEqual(expect.objectContaining({ terminalId: "till-1", kind: "epoch-start" }));
  await expectNothingLostOrDoubled(world);
});
