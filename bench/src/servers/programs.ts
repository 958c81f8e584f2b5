import { fileURLToPath } from "node:url";
import { finished, startProcess, type BenchProcess } from "../processes/child.ts";

const COMMAND_MS = 60_000;
const bin = (app: string): string => fileURLToPath(new URL(`../../../apps/${app}/bin/${app}.mjs`, import.meta.url));

export type Program = "edge-agent" | "cloud-sync";

/** Starts one of the real programs as it is started by hand, from its sources. */
export const startProgram = (program: Program, args: readonly string[]): BenchProcess =>
  startProcess(process.execPath, ["--disable-warning=ExperimentalWarning", bin(program), ...args]);

/** Runs a command of a program to its end and returns its standard output. */
export async function runProgram(program: Program, args: readonly string[]): Promise<string> {
  const started = startProgram(program, args);
  let output = "";
  started.process.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  try {
    await finished(started, COMMAND_MS, `${program} ${args[0] ?? ""}`);
    return output;
  } finally {
    await started.stop();
  }
}
