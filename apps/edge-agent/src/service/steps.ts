import { execFile } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { TillsyncError } from "@tillsync/sync-protocol";

/** One thing to do to a machine. Plans are lists of these, made by pure functions, so that they can be read before they are done. */
export type Step =
  | { readonly do: "write"; readonly path: string; readonly text: string }
  | { readonly do: "delete"; readonly path: string }
  /** Its owner's alone; one that is there keeps its rights. */
  | { readonly do: "folder"; readonly path: string }
  /** `orElse`: a failure is expected, for example to stop what does not run. */
  | { readonly do: "run"; readonly argv: readonly [string, ...string[]]; readonly orElse?: "go-on" };

/** Tools of a service manager answer at once, but for a stop, which waits for the agent's end. */
const TOOL_DEADLINE_MS = 90_000;
const DETAIL_CHARS_MAX = 400;

/**
 * Does the steps in order. Each may be repeated, so that a plan that failed half-way is run again from its start. Throws
 * `service.manager-failed` with what the tool said.
 */
export async function performSteps(steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    if (step.do === "write") {
      mkdirSync(dirname(step.path), { recursive: true, mode: 0o755 });
      writeFileSync(step.path, step.text, { mode: 0o644 });
    } else if (step.do === "folder") mkdirSync(step.path, { recursive: true, mode: 0o700 });
    else if (step.do === "delete") rmSync(step.path, { force: true, recursive: true });
    else await runTool(step.argv).catch((cause: unknown) => toolFailed(step, cause));
  }
}

/** Runs a tool of the system without a shell. Rejects when it fails or is not there. */
export async function runTool([file, ...args]: readonly [string, ...string[]]): Promise<string> {
  const { stdout } = await promisify(execFile)(file, args, { timeout: TOOL_DEADLINE_MS, encoding: "utf8" });
  return stdout;
}

function toolFailed(step: Step & { do: "run" }, cause: unknown): void {
  if (step.orElse === "go-on") return;
  const said = ((cause as { stderr?: string }).stderr ?? "").trim() || (cause instanceof Error ? cause.message : "");
  throw new TillsyncError("service.manager-failed", `${step.argv.slice(0, 2).join(" ")}: ${said}`.slice(0, DETAIL_CHARS_MAX), { cause });
}

/** A plan as a person reads it. */
export const printSteps = (steps: readonly Step[]): string =>
  steps
    .map((step) => {
      if (step.do === "write") return `# ${step.path}\n${step.text}`;
      return step.do === "run" ? `# run ${step.argv.join(" ")}` : `# ${step.do} ${step.path}`;
    })
    .join("\n");
