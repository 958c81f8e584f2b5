import { cpSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { finished, startProcess, type BenchProcess } from "../processes/child.ts";

const COMMAND_MS = 60_000;
const BUILD_MS = 120_000;

export type Program = "edge-agent" | "cloud-sync";

const folderOf = (program: Program): string => fileURLToPath(new URL(`../../../apps/${program}/`, import.meta.url));
const bundles = new Map<Program, Promise<string>>();

/**
 * The program's bundle, as it is installed in a shop: built anew once in each run of the bench, since running from
 * sources costs a compiler's memory and start-up that no shop pays.
 */
function bundleOf(program: Program): Promise<string> {
  let bundle = bundles.get(program);
  if (bundle === undefined) bundles.set(program, (bundle = build(folderOf(program))));
  return bundle;
}

async function build(folder: string): Promise<string> {
  const builder = startProcess(process.execPath, ["build.mjs"], {
    cwd: folder,
    env: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env["PATH"]}` },
  });
  await finished(builder, BUILD_MS, `building ${folder}`).finally(() => builder.stop());
  return installed(folder);
}

/** Lays the bundle out as a package has it: the bin beside it, no sources, so that the bin starts the bundle. */
function installed(folder: string): string {
  const root = join(folder, ".tillsync", "installed");
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root, { recursive: true });
  for (const part of ["bin", "migrations"]) {
    if (existsSync(join(folder, part))) cpSync(join(folder, part), join(root, part), { recursive: true });
  }
  cpSync(join(folder, "dist"), join(root, "dist"), { recursive: true });
  return join(root, "bin", `${basename(folder)}.mjs`);
}

/** Starts one of the real programs. */
export const startProgram = async (program: Program, args: readonly string[]): Promise<BenchProcess> =>
  startProcess(process.execPath, [await bundleOf(program), ...args]);

/** Runs a command of a program to its end and returns its standard output. */
export async function runProgram(program: Program, args: readonly string[]): Promise<string> {
  const started = await startProgram(program, args);
  let output = "";
  started.process.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  try {
    await finished(started, COMMAND_MS, `${program} ${args[0] ?? ""}`);
    return output;
  } finally {
    await started.stop();
  }
}
