import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { createExternalPostgres, type ExternalPostgres } from "../world/external-postgres.ts";
import { run, type Running } from "../world/programs.ts";
import { seededRandom } from "../world/random.ts";
import { printTillFiles, type TillFiles } from "../world/shop.ts";
import { until } from "../world/until.ts";
import { createWorld, enrol, startReceivers, writeAgentConfig, type Receivers, type World } from "../world/world.ts";
import { drainThroughKills } from "./drain-through-kills.ts";
import { NO_FAULTS, startFaultyProxy } from "./faulty-proxy.ts";

/** How often processes are killed in each variant; the long run that a release is judged by uses 200. */
const KILLS = Number(process.env["TILLSYNC_CHAOS_KILLS"] ?? 40);
const SALES = Number(process.env["TILLSYNC_CHAOS_SALES"] ?? 10_000);
const SEED = Number(process.env["TILLSYNC_CHAOS_SEED"] ?? 1);

const cleanUps: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

describe(`a backlog of ${SALES} sales drains through ${KILLS} kills and a bad line (seed ${SEED})`, () => {
  test("on the embedded PostgreSQL", async () => {
    const world = createWorld();
    cleanUps.push(world.remove);
    await drainAndCompare(world, {});
  });

  test("on an external PostgreSQL that is killed too", async () => {
    const postgres = await externalPostgres();
    const world = createWorld({ databaseUrl: postgres.url });
    cleanUps.push(world.remove);
    const strike = async (): Promise<void> => {
      await postgres.kill();
      await postgres.start();
    };
    await drainAndCompare(world, { TILLSYNC_DATABASE_URL: postgres.url }, [{ name: "postgres", strike }]);
  });
});

async function externalPostgres(): Promise<ExternalPostgres> {
  const bin = process.env["TILLSYNC_PG_BIN"];
  if (bin === undefined) throw new Error("TILLSYNC_PG_BIN is not set; run this suite with npm run test:servers");
  const folder = mkdtempSync(join(tmpdir(), "tillsync-pg-"));
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
  const postgres = await createExternalPostgres(bin, folder);
  cleanUps.push(postgres.stop);
  return postgres;
}

async function drainAndCompare(
  world: World,
  env: Record<string, string>,
  victims: { name: string; strike: () => Promise<void> }[] = [],
): Promise<void> {
  const till = printTillFiles({ seed: String(SEED), workstation: "1", sales: SALES, perFile: 100 });
  const cloud = await world.startCloud();
  const proxy = await startFaultyProxy(cloud.url, NO_FAULTS, seededRandom(SEED));
  cleanUps.push(proxy.close);
  const receivers = await startReceivers(world, 0.02, env);
  cleanUps.push(receivers.stop);
  writeAgentConfig(world);
  await enrol(world, proxy.url, "till-1", world.agentFolder, env);
  const running: { agent: Running; cloud: Running } = { agent: await world.startAgent(), cloud };
  cleanUps.push(() => running.cloud.stop());
  cleanUps.push(() => running.agent.stop());

  const report = await drainThroughKills(world, till.files, { seed: SEED, kills: KILLS, victims }, proxy, running);
  console.log(JSON.stringify({ ...report, sales: till.expected.sales, transactions: till.expected.transactions }));

  try {
    await drainAndCompareSums(world, till.expected, receivers, env);
  } catch (error) {
    tellLastWords(running);
    throw error;
  }
}

async function drainAndCompareSums(
  world: World,
  expected: TillFiles["expected"],
  receivers: Receivers,
  env: Record<string, string>,
): Promise<void> {
  await until("all captured", world.edgeStatus, (status) => status.captured.transactions >= expected.transactions);
  const edge = await until("all acknowledged", world.edgeStatus, (status) => status.upstreams.every((upstream) => upstream.pending === 0));
  const sums = { transactions: expected.transactions, byType: expected.byType, grossByCurrency: expected.grossByCurrency };
  expect(edge.captured).toMatchObject(sums);
  const atCloud = await until("all read", world.cloudStatus, (status) => status.transactions.count >= expected.transactions);
  expect(atCloud.transactions).toMatchObject({
    count: expected.transactions,
    byType: expected.byType,
    grossByCurrency: expected.grossByCurrency,
  });
  expect(atCloud.journals).toContainEqual(expect.objectContaining({ terminalId: "till-1", epoch: edge.epoch, ...edge.journal }));
  expect(atCloud.forks).toEqual([]);
  const summaries = await until(
    "all delivered",
    receivers.summaries,
    (all) => all.every((summary) => summary.count >= expected.sales),
    600_000,
  );
  for (const summary of summaries) {
    expect(summary).toMatchObject({ count: expected.sales, grossByCurrency: expected.grossByCurrency, conflicts: 0 });
  }
  expect(await run("agent", ["verify", "--data", world.agentFolder])).toMatchObject({ code: 0 });
  expect(await run("cloud", ["verify", ...world.cloudArgs], env)).toMatchObject({ code: 0 });
}

/** Without the programs' last words a failure only says that nothing arrives any more. */
function tellLastWords(running: { agent: Running; cloud: Running }): void {
  for (const [name, program] of Object.entries(running)) {
    const code = program.exitCode();
    console.error(`${name} ${code === undefined ? "runs" : `ended by itself with ${String(code)}`}; its last words:\n${program.output()}`);
  }
}
