import { connect } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { until } from "../measure/time-limit.ts";
import { startProcess } from "../processes/child.ts";
import type { StartedAgent } from "../servers/idle-agent.ts";

const READY_MS = 30_000;

/** Bundles a floor as the agent is bundled, beside the bench so that its native module is found. */
export function bundleFloor(source: string = fileURLToPath(new URL("./floor.ts", import.meta.url)), name: string = "floor"): string {
  const outfile = fileURLToPath(new URL(`../../dist/${name}.mjs`, import.meta.url));
  buildSync({
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node24",
    external: ["better-sqlite3"],
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    logLevel: "silent",
  });
  return outfile;
}

/** Starts the bundled floor and waits until its socket answers. */
export async function startFloor(bundle: string, folder: string): Promise<StartedAgent> {
  const started = performance.now();
  const floor = startProcess(process.execPath, [bundle, folder]);
  try {
    await until(READY_MS, 2, "the floor's first answer", () => answers(join(folder, "floor.sock")));
  } catch (error) {
    await floor.stop();
    throw new Error(`${String(error)}: ${floor.text()}`, { cause: error });
  }
  return { process: floor, readyMs: performance.now() - started };
}

const answers = (path: string): Promise<true | undefined> =>
  new Promise((resolve) => {
    const socket = connect(path);
    socket.once("data", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(undefined));
  });
