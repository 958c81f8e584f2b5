import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runCommand, serveCloud, type CloudProcess } from "../../testing/run-cloud.ts";
import { TestTerminal } from "../../testing/test-terminal.ts";

let dir: string;
let running: CloudProcess | undefined;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "tillsync-cloud-"));
});
afterEach(async () => {
  await running?.end("SIGTERM");
  running = undefined;
  await rm(dir, { recursive: true, force: true });
});

const serve = async (): Promise<CloudProcess> => (running = await serveCloud(["--data", dir]));
const postmaster = async (): Promise<number> =>
  Number((await readFile(join(dir, "postgres/cluster/postmaster.pid"), "utf8")).split("\n")[0]);

async function enrol(cloud: CloudProcess): Promise<TestTerminal> {
  const made = await runCommand(["enrol-code", "--data", dir, "--store", "store-1", "--terminal", "till-1", "--json"]);
  const { code } = JSON.parse(made.stdout) as { code: string };
  const terminal = new TestTerminal();
  const answer = await fetch(`${cloud.url}/v1/enrol`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(terminal.enrolRequest(code)),
  });
  const body = (await answer.json()) as { terminal: TestTerminal["name"]; audience: string };
  terminal.name = body.terminal;
  terminal.audience = body.audience;
  return terminal;
}

async function push(
  cloud: CloudProcess,
  terminal: TestTerminal,
  first: number,
  last: number,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const batch = Buffer.from((await terminal.chain()).batch(first, last));
  const headers = { "content-type": "application/x-ndjson", authorization: await terminal.proof(Date.now()) };
  const answer = await fetch(`${cloud.url}/v1/entries`, { method: "POST", headers, body: batch });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

test("what was acknowledged is there after the cloud, then the database, then both were killed", async () => {
  let cloud = await serve();
  const terminal = await enrol(cloud);
  (await terminal.chain()).grow(40);
  expect(await push(cloud, terminal, 1, 10)).toMatchObject({ status: 200, body: { outcome: "stored" } });

  await cloud.end("SIGKILL");
  cloud = await serve();
  expect(await push(cloud, terminal, 1, 10)).toMatchObject({ body: { outcome: "duplicate" } });
  expect(await push(cloud, terminal, 11, 20)).toMatchObject({ body: { outcome: "stored" } });

  // The database alone: the cloud stays up, says 503 in its absence, and gets it back by itself.
  process.kill(await postmaster(), "SIGKILL");
  const statuses = new Set<number>();
  for (let tries = 0; tries < 200; tries++) {
    const { status, body } = await push(cloud, terminal, 21, 30);
    statuses.add(status);
    if (status === 200) break;
    expect(body).toMatchObject({ error: { code: "db.unavailable" } });
    await delay(25);
  }
  expect([...statuses].filter((status) => status !== 503)).toEqual([200]);

  process.kill(await postmaster(), "SIGKILL");
  await cloud.end("SIGKILL");
  cloud = await serve();
  expect(await push(cloud, terminal, 31, 40)).toMatchObject({ body: { outcome: "stored", head: { seq: 40 } } });
  const verified = await runCommand(["verify", "--data", dir, "--json"]);
  expect(JSON.parse(verified.stdout)).toMatchObject({ ok: true, entries: 40 });
  expect(verified.code).toBe(0);
});

test("stops within five seconds when told, leaves no server, and commands work without it", async () => {
  const cloud = await serve();
  const pid = await postmaster();
  const begun = performance.now();
  expect(await cloud.end("SIGTERM")).toBe(0);
  running = undefined;
  expect(performance.now() - begun).toBeLessThan(5_000);
  expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  const codes = await Promise.all(
    ["a", "b", "c"].map((terminal) => runCommand(["enrol-code", "--data", dir, "--store", "s", "--terminal", terminal, "--json"])),
  );
  expect(codes.map((result) => result.code)).toEqual([0, 0, 0]);
  const status = await runCommand(["status", "--data", dir, "--json"]);
  expect(JSON.parse(status.stdout)).toMatchObject({ entries: 0, journals: [], forks: [], terminals: [] });
});

test("a second cloud on the same folder is refused and harms nothing", async () => {
  const cloud = await serve();
  const second = await runCommand(["serve", "--data", dir, "--port", "0", "--json"]);
  expect(second.code).toBe(1);
  expect(JSON.parse(second.stdout)).toMatchObject({ error: { code: "data.locked" } });
  expect((await fetch(`${cloud.url}/ready`)).status).toBe(200);
});

test("a data folder deeper than a socket's path can say is served over loopback", async () => {
  running = await serveCloud(["--data", join(dir, "x".repeat(100))]);
  expect((await fetch(`${running.url}/ready`)).status).toBe(200);
});
