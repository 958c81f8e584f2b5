import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { enrolTerminal } from "../enrol/enrol-terminal.ts";
import { appendMany } from "../journal/append-many.ts";
import { journalHeads } from "../journal/journal-heads.ts";
import { saleItem } from "../journal/testing/sales.ts";
import { loadOrCreateKeys } from "../keys/key-files.ts";
import { openAgentStore } from "../store/open-store.ts";
import { systemPorts } from "./ports.ts";
import { startReplicator, type Replicator } from "./start-replicator.ts";

const CLOUD_SYNC = fileURLToPath(new URL("../../../cloud-sync/bin/cloud-sync.mjs", import.meta.url));
const YEAR_MS = 365 * 86_400_000;

const root = mkdtempSync(join(tmpdir(), "tillsync-e2e-"));
const cloudDir = join(root, "cloud");
let port: number;
let cloud: ChildProcess;

const cloudSync = async (...args: string[]): Promise<unknown> => {
  const { stdout } = await promisify(execFile)(process.execPath, [CLOUD_SYNC, ...args, "--data", cloudDir, "--json"]);
  return JSON.parse(stdout);
};

/** Starts the real cloud on its embedded database and waits until it serves. */
async function startCloud(): Promise<void> {
  cloud = spawn(process.execPath, [CLOUD_SYNC, "serve", "--data", cloudDir, "--port", String(port), "--json"], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, TILLSYNC_LOG_LEVEL: "error" },
  });
  const [line] = (await once(createInterface({ input: cloud.stdout as NodeJS.ReadableStream }), "line")) as [string];
  expect(JSON.parse(line)).toMatchObject({ pid: cloud.pid });
}

async function stopCloud(signal: NodeJS.Signals): Promise<void> {
  const gone = once(cloud, "exit");
  cloud.kill(signal);
  await gone;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

beforeAll(async () => {
  port = await freePort();
  await startCloud();
});
afterAll(async () => {
  await stopCloud("SIGTERM");
  rmSync(root, { recursive: true, force: true });
});

/** A till of its own, enrolled at the cloud with a code that head office made. */
async function openTill(terminal: string, wallErrorMs = 0) {
  const dir = join(root, terminal);
  const keys = loadOrCreateKeys(dir);
  const ports = { ...systemPorts(), wallMs: () => Date.now() + wallErrorMs };
  const { code } = (await cloudSync("enrol-code", "--store", "s-17", "--terminal", terminal)) as { code: string };
  const { enrolment } = await enrolTerminal({ dir, url: `http://127.0.0.1:${port}`, code }, { ports, env: {} });
  const store = openAgentStore(dir, { now: ports.wallMs, journalKey: keys.journal.thumbprint });
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  let sold = 0;
  return {
    store,
    enrolment,
    sell: (count: number): void => {
      appendMany(
        store,
        Array.from({ length: count }, () => saleItem({ sequence: (sold += 1), workstation: terminal.slice(-1) })),
      );
    },
    start: (): Replicator => startReplicator({ store, keys, enrolment, ports, log, env: {} }),
  };
}

async function drained(replicator: Replicator, timeoutMs = 60_000): Promise<void> {
  const until = performance.now() + timeoutMs;
  while (replicator.status().pending > 0 || replicator.status().state !== "online") {
    if (performance.now() > until) throw new Error(`not drained: ${JSON.stringify(replicator.status())}`);
    await sleep(10);
  }
}

async function headsInCloud(terminal: string): Promise<unknown[]> {
  const status = (await cloudSync("status")) as { journals: { terminalId: string; epoch: number; seq: number; hash: string }[] };
  return status.journals.filter(({ terminalId }) => terminalId === terminal).map(({ epoch, seq, hash }) => ({ epoch, seq, hash }));
}

const heads = (store: ReturnType<typeof openAgentStore>): unknown[] =>
  journalHeads(store).map(({ epoch, seq, hash }) => ({ epoch, seq, hash }));

describe("against the real cloud", () => {
  it("enrols, drains a backlog and the sales after it, and both heads are equal", async () => {
    const till = await openTill("till-1");
    expect(till.enrolment).toMatchObject({ terminal: "till-1", store: "s-17", firstEpoch: 1 });
    till.sell(3_000);
    const replicator = till.start();
    await drained(replicator);
    till.sell(1);
    await drained(replicator);
    expect(replicator.status()).toMatchObject({ state: "online", ackedSeq: 3_001, pending: 0, lastError: null });
    expect(Math.abs(replicator.clock().offsetMs ?? Number.NaN)).toBeLessThan(1_000);
    expect(await headsInCloud("till-1")).toEqual(heads(till.store));
    await replicator.stop();
    till.store.close();
  });

  it.each([
    ["till-2", YEAR_MS],
    ["till-3", -YEAR_MS],
  ])("drains %s, whose clock is a year off", async (terminal, error) => {
    const till = await openTill(terminal, error);
    till.sell(700);
    const replicator = till.start();
    await drained(replicator);
    expect(await headsInCloud(terminal)).toEqual(heads(till.store));
    expect(replicator.clock().code).toBe("clock.wrong");
    expect(Math.abs((replicator.clock().offsetMs ?? 0) - error)).toBeLessThan(1_000);
    await replicator.stop();
    till.store.close();
  });

  it("stops for a revoked terminal and keeps its sales", async () => {
    const till = await openTill("till-4");
    till.sell(10);
    const replicator = till.start();
    await drained(replicator);
    await cloudSync("terminals", "revoke", "till-4");
    till.sell(5);
    const until = performance.now() + 20_000;
    while (replicator.status().state !== "blocked" && performance.now() < until) await sleep(20);
    expect(replicator.status()).toMatchObject({ state: "blocked", pending: 5, lastError: { code: "auth.revoked" } });
    await replicator.stop();
    till.store.close();
  });

  it("goes on after the cloud was killed in the middle of a drain", async () => {
    const till = await openTill("till-5");
    till.sell(12_000);
    const replicator = till.start();
    while (replicator.status().ackedSeq < 500) await sleep(1);
    await stopCloud("SIGKILL");
    till.sell(50);
    await startCloud();
    await drained(replicator);
    expect(await headsInCloud("till-5")).toEqual(heads(till.store));
    await replicator.stop();
    till.store.close();
  });
});
