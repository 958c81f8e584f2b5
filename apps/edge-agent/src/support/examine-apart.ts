import { TillsyncError } from "@tillsync/sync-protocol";
import { doctorAnswerSchema, type BundleAnswer, type DoctorAnswer } from "../window-api/care.ts";
import { bundleName } from "./bundle-name.ts";
import { runApart, type ApartOptions } from "./run-apart.ts";

/** An integrity check reads every page of the database. */
const DOCTOR_DEADLINE_MS = 50_000;
const BUNDLE_DEADLINE_MS = 50_000;

export interface ExamineDeps {
  readonly dir: string;
  /** Program and first arguments of this agent's own command line. */
  readonly command: ApartOptions["command"];
  readonly wallMs: () => number;
  readonly terminal: () => string | undefined;
  /** Aborts when the agent stops. */
  readonly signal: AbortSignal;
}

export interface Examiner {
  doctor(): Promise<DoctorAnswer>;
  bundle(): Promise<BundleAnswer>;
}

/**
 * Examination and support bundle of a running agent, each as its own command in a process beside it. Who asks while one is
 * under way gets its result: a hundred windows start one process. Throws as `runApart`.
 */
export function openExaminer(deps: ExamineDeps): Examiner {
  const run = (args: readonly string[], deadlineMs: number): Promise<Buffer> =>
    runApart({ command: deps.command, args: [...args, "--data", deps.dir], deadlineMs, signal: deps.signal });
  return {
    doctor: shared(async () => readReport(await run(["doctor", "--json"], DOCTOR_DEADLINE_MS))),
    bundle: shared(async () => {
      const zip = await run(["support-bundle", "--out", "-"], BUNDLE_DEADLINE_MS);
      if (zip.length === 0) throw new TillsyncError("support.command-failed", "support-bundle");
      return { fileName: bundleName(deps.terminal(), deps.wallMs()), base64: zip.toString("base64") };
    }),
  };
}

function readReport(output: Buffer): DoctorAnswer {
  const parsed = doctorAnswerSchema.safeParse(parseJson(output.toString("utf8")));
  if (!parsed.success) throw new TillsyncError("support.command-failed", "doctor");
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function shared<T>(start: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () =>
    (running ??= start().finally(() => {
      running = undefined;
    }));
}
