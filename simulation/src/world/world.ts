import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run, runJson, start, type Running } from "./programs.ts";
import type { CloudStatus, EdgeStatus, ReceiverSummary } from "./statuses.ts";

/** One cloud, one terminal and three receivers, each a process with a folder of its own. */
export interface World {
  readonly folder: string;
  readonly cloudArgs: readonly string[];
  readonly agentFolder: string;
  readonly posFolder: string;
  startCloud(): Promise<Running & { url: string }>;
  readonly startAgent: () => Promise<Running>;
  readonly cloudStatus: () => Promise<CloudStatus>;
  readonly edgeStatus: () => Promise<EdgeStatus>;
  readonly remove: () => void;
}

/** Lays the folders. `databaseUrl` names an external PostgreSQL; without it the cloud uses its embedded one. */
export function createWorld(options: { databaseUrl?: string } = {}): World {
  const folder = mkdtempSync(join(tmpdir(), "tillsync-world-"));
  chmodSync(folder, 0o755);
  const agentFolder = join(folder, "till-1");
  const posFolder = join(folder, "pos");
  const cloudFolder = join(folder, "cloud");
  mkdirSync(posFolder);
  const cloudArgs = ["--data", cloudFolder];
  const env: Record<string, string> = options.databaseUrl === undefined ? {} : { TILLSYNC_DATABASE_URL: options.databaseUrl };
  return {
    folder,
    cloudArgs,
    agentFolder,
    posFolder,
    startCloud: async () => {
      const running = await start("cloud", ["serve", ...cloudArgs, "--port", "0"], env);
      return { ...running, url: String(running.ready["url"]) };
    },
    startAgent: () => start("agent", ["run", "--data", agentFolder]),
    cloudStatus: () => runJson<CloudStatus>("cloud", ["status", ...cloudArgs], env),
    edgeStatus: () => runJson<EdgeStatus>("agent", ["status", "--data", agentFolder]),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The agent's configuration: one watched folder of POSLog files. */
export function writeAgentConfig(world: World): void {
  mkdirSync(world.agentFolder, { recursive: true, mode: 0o700 });
  const config = { sources: [{ name: "pos", kind: "folder", path: world.posFolder, adapter: "poslog", pattern: "*.xml" }] };
  writeFileSync(join(world.agentFolder, "config.json"), JSON.stringify(config));
}

/** Makes a code in the cloud and enrols the terminal with it at `url`. */
export async function enrol(
  world: World,
  url: string,
  terminal = "till-1",
  agentFolder = world.agentFolder,
  env: Record<string, string> = {},
): Promise<void> {
  const { code } = await runJson<{ code: string }>(
    "cloud",
    ["enrol-code", ...world.cloudArgs, "--store", "S001", "--terminal", terminal],
    env,
  );
  const ran = await run("agent", ["enrol", "--data", agentFolder, "--cloud", url, "--code", code]);
  if (ran.code !== 0) throw new Error(`enrol exited ${ran.code}: ${ran.stdout}${ran.stderr}`);
}

const RECEIVER_KINDS = ["erp", "oms", "loyalty"] as const;

export interface Receivers {
  readonly summaries: () => Promise<ReceiverSummary[]>;
  readonly stop: () => Promise<void>;
}

/** Starts the three receivers, some of whose requests go wrong on purpose, and adds them as destinations. */
export async function startReceivers(world: World, faults: number, env: Record<string, string> = {}): Promise<Receivers> {
  const running: Running[] = [];
  for (const kind of RECEIVER_KINDS) {
    const receiver = await start("receiver", [
      "--kind",
      kind,
      "--data",
      join(world.folder, kind),
      "--faults",
      String(faults),
      "--silence",
      "2000",
    ]);
    running.push(receiver);
    const file = join(world.folder, `${kind}.json`);
    const destination = {
      name: kind,
      kind: "webhook",
      url: `${String(receiver.ready["url"])}/events`,
      secretFile: receiver.ready["secretFile"],
      allowPrivateNetwork: true,
      timeoutMs: 1_500,
      retry: { baseMs: 100, capMs: 2_000 },
    };
    writeFileSync(file, JSON.stringify(destination));
    const added = await run("cloud", ["destinations", "add", file, ...world.cloudArgs], env);
    if (added.code !== 0) throw new Error(`destinations add exited ${added.code}: ${added.stdout}${added.stderr}`);
  }
  const summary = async (receiver: Running): Promise<ReceiverSummary> => {
    const answer = await fetch(`${String(receiver.ready["url"])}/summary`, { signal: AbortSignal.timeout(10_000) });
    return (await answer.json()) as ReceiverSummary;
  };
  return {
    summaries: () => Promise.all(running.map(summary)),
    stop: async () => void (await Promise.all(running.map((receiver) => receiver.stop()))),
  };
}
