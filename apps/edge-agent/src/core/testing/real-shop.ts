import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { startLineRelay, type LineRelay } from "./line-relay.ts";

const BIN = fileURLToPath(new URL("../../../bin/edge-agent.mjs", import.meta.url));
const CLOUD = fileURLToPath(new URL("../../../../cloud-sync/bin/cloud-sync.mjs", import.meta.url));

/** SIGUSR2 sets the process's wall clock an hour ahead, and another one sets it right. */
const CLOCK_THAT_JUMPS =
  "data:text/javascript,const%20right=Date.now;let%20ahead=0;Date.now=()=>right()+ahead;process.on('SIGUSR2',()=>{ahead=3600000-ahead})";

/** A package that trusts whoever the test says, around the program as it is: the keys of updates come in the package. */
function packAgent(base: string, roots: Uint8Array): string {
  const folder = join(base, "package");
  mkdirSync(join(folder, "bin"), { recursive: true });
  writeFileSync(join(folder, "release-root.json"), roots);
  writeFileSync(join(folder, "release.json"), JSON.stringify({ package: "tar" }));
  const program = join(folder, "bin", "edge-agent.mjs");
  writeFileSync(program, `import ${JSON.stringify(pathToFileURL(BIN).href)};\n`);
  return program;
}

/** A cloud and a till as processes, with the line between them in our hands. */
export interface RealShop {
  readonly base: string;
  readonly data: string;
  readonly pos: string;
  readonly line: LineRelay;
  readonly startCloud: () => Promise<void>;
  readonly endCloud: (signal: NodeJS.Signals) => Promise<void>;
  readonly startAgent: (env?: NodeJS.ProcessEnv, data?: string) => Promise<void>;
  readonly agent: () => ChildProcess;
  readonly endAgent: (signal: NodeJS.Signals) => Promise<void>;
  /** Runs a command that prints JSON. */
  readonly cloud: <T>(...args: string[]) => Promise<T>;
  readonly enrol: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function openRealShop(agentFolder: (base: string) => string, roots: Uint8Array): Promise<RealShop> {
  const base = mkdtempSync(join(tmpdir(), "tillsync-shop-"));
  const program = packAgent(base, roots);
  const [data, pos, cloudDir] = [agentFolder(base), join(base, "pos"), join(base, "cloud")];
  mkdirSync(pos);
  const line = await startLineRelay();
  let cloud: ChildProcess | undefined;
  let agent: ChildProcess | undefined;
  const command = async <T>(...args: string[]): Promise<T> => {
    const { stdout } = await promisify(execFile)(process.execPath, [CLOUD, ...args, "--data", cloudDir, "--json"]);
    return JSON.parse(stdout) as T;
  };
  return {
    base,
    data,
    pos,
    line,
    startCloud: async () => {
      cloud = spawn(process.execPath, [CLOUD, "serve", "--data", cloudDir, "--port", "0", "--json"], {
        stdio: ["ignore", "pipe", "inherit"],
        env: { ...process.env, TILLSYNC_LOG_LEVEL: "error" },
      });
      line.target(Number(new URL((await firstLine<{ url: string }>(cloud)).url).port));
    },
    endCloud: async (signal) => end(cloud, signal),
    startAgent: async (env = {}, folder = data) => {
      agent = spawn(process.execPath, [program, "run", "--data", folder, "--json"], {
        stdio: ["ignore", "pipe", process.env["TILLSYNC_TEST_LOG"] === undefined ? "ignore" : "inherit"],
        env: { ...process.env, NODE_OPTIONS: `--import=${CLOCK_THAT_JUMPS}`, ...env },
      });
      await firstLine(agent);
    },
    agent: () => agent!,
    endAgent: async (signal) => end(agent, signal),
    cloud: command,
    enrol: async () => {
      const { code } = await command<{ code: string }>("enrol-code", "--store", "s-17", "--terminal", "till-1");
      await promisify(execFile)(process.execPath, [program, "enrol", "--data", data, "--cloud", line.url, "--code", code]);
    },
    close: async () => {
      await end(agent, "SIGKILL");
      await end(cloud, "SIGTERM");
      await line.close();
      rmSync(base, { recursive: true, force: true });
    },
  };
}

export const writeConfig = (folder: string, config: object): void => writeFileSync(join(folder, "config.json"), JSON.stringify(config));

async function end(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill(signal);
  child.kill("SIGCONT");
  await gone;
}

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- names what the program prints
async function firstLine<T>(child: ChildProcess): Promise<T> {
  const [line] = (await Promise.race([
    once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), "line"),
    once(child, "exit").then(() => Promise.reject(new Error("it ended before it was ready"))),
  ])) as [string];
  return JSON.parse(line) as T;
}
