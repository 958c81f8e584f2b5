import { closeSync, fchmodSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { TillsyncError } from "@tillsync/sync-protocol";
import { z } from "zod";
import { sha256Schema } from "../trust/release.ts";
import { versionSchema } from "../trust/version.ts";
import { syncOne } from "./sync-tree.ts";

/** Files that failed here; the oldest are forgotten past this, and the version floor holds without them. */
export const REFUSED_MAX = 200;

const underWay = {
  release: z.strictObject({ version: versionSchema, sha256: sha256Schema, bytes: z.number().int() }),
  /** The version to go back to. */
  from: versionSchema,
  /** How often it was begun: a power cut or a kill each time. */
  tries: z.number().int(),
  /** In the outcome that says `installing`; the agent's answers name it. */
  attemptMs: z.number(),
  /** Sources that could be read before. */
  readBefore: z.array(z.string()).max(1_000),
} as const;

export const jobStateSchema = z.strictObject({
  step: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("idle") }),
    z.strictObject({ kind: z.literal("installing"), ...underWay }),
    z.strictObject({ kind: z.literal("probation"), ...underWay }),
    z.strictObject({ kind: z.literal("reverting"), ...underWay, why: z.string().max(500), isRefused: z.boolean() }),
  ]),
  refused: z.array(sha256Schema).max(REFUSED_MAX),
  /** Tries of a release that could not even be installed, so that a broken package does not come back every night. */
  failed: z.array(z.strictObject({ sha256: sha256Schema, times: z.number().int() })).max(REFUSED_MAX),
  floor: z.strictObject({ version: versionSchema, ms: z.number() }),
});
export type JobState = z.infer<typeof jobStateSchema>;
export type UnderWay = Extract<JobState["step"], { kind: "installing" | "probation" | "reverting" }>;

const stateFile = (folder: string): string => join(folder, "state.json");

/** What the job was about when it last wrote. Throws `update.malformed` where that cannot be read: nothing is then guessed. */
export function readJobState(folder: string, installed: string): JobState {
  let text: string;
  try {
    text = readFileSync(stateFile(folder), "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw cause;
    return { step: { kind: "idle" }, refused: [], failed: [], floor: { version: installed, ms: 0 } };
  }
  const parsed = jobStateSchema.safeParse(parseJson(text));
  if (!parsed.success) throw new TillsyncError("update.malformed", stateFile(folder));
  return parsed.data;
}

export const writeJobState = (folder: string, state: JobState): void => writeWhole(stateFile(folder), JSON.stringify(state), 0o600);

/** Replaces a file: after a power cut there is all of the old text or all of the new one. */
export function writeWhole(path: string, text: string, mode: number): void {
  const file = openSync(`${path}.new`, "w", mode);
  try {
    // Whatever the umask of whoever runs this.
    fchmodSync(file, mode);
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.new`, path);
  syncOne(dirname(path));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
