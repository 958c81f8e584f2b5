import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { TillsyncError, unreachable, type ErrorCode } from "@tillsync/sync-protocol";
import { stagedFolder, armedFile } from "../stage/staged-folder.ts";
import { rightTimeMs } from "../trust/right-time.ts";
import type { Root } from "../trust/root.ts";
import { compareVersions } from "../trust/version.ts";
import { readJobState, REFUSED_MAX, writeJobState, writeWhole, type JobState, type UnderWay } from "./job-state.ts";
import type { Layout } from "./layout.ts";
import { armedSchema, outcomeFile, readTold, type ToldOutcome } from "./outcome.ts";
import { STRIKES_MAX, type Proof } from "./prove-health.ts";
import { CommandFailed, shellWord } from "./run-command.ts";
import { isOwnCopy, ownCopy, takeStaged } from "./take-staged.ts";

export interface ApplyDeps {
  readonly dataFolder: string;
  /** Written by this job alone. */
  readonly stateFolder: string;
  readonly layout: Layout;
  readonly root: Root;
  readonly platform: string;
  readonly arch: string;
  /** Whatever the agent says: a technician stands before the machine. */
  readonly now: boolean;
  readonly wallMs: () => number;
  /** Sources that the agent can read now; none when it does not run. */
  readonly readSources: () => Promise<readonly string[]>;
  readonly prove: (step: UnderWay) => Promise<Proof>;
  readonly tell: (text: string) => void;
  /** Called after each thing that is on disk; a test that throws here is a power cut. */
  readonly passed?: (point: string) => void;
}

export type Applied = { readonly kind: "nothing" } | { readonly kind: "committed" | "reverted" | "failed"; readonly version: string };

/** Longer than the agent ever says "may" for: a clock was set meanwhile. */
const ARMED_MAX_MS = 10 * 60_000;
const REVERTED_MARK = "reverted-by-script";
const REVERT_SCRIPT = "revert.sh";
const OWN = "incoming";

/**
 * One run of the root job: goes on with what a power cut left, or begins the update that the agent says may begin. At any
 * instant there is one version in place, or a state on disk from which the next run, or the script beside it, brings one
 * back. Throws `update.*` for what was refused; `update.revert-failed` where nothing could be brought back.
 */
export async function applyUpdate(deps: ApplyDeps): Promise<Applied> {
  const installed = await deps.layout.installed();
  const state = readJobState(deps.stateFolder, installed ?? "0.0.0");
  switch (state.step.kind) {
    case "idle":
      // A script that was left behind would take back what has proven itself.
      tidy(deps);
      if (installed === undefined) throw new TillsyncError("update.install-failed", "no version is in place");
      return begin(deps, state, installed);
    case "installing":
    case "probation":
      return resume(deps, state, state.step);
    case "reverting":
      return revert(deps, state, state.step, state.step.why, state.step.isRefused);
    default:
      return unreachable(state.step);
  }
}

async function begin(deps: ApplyDeps, state: JobState, installed: string): Promise<Applied> {
  const { dataFolder, stateFolder, layout } = deps;
  const wallMs = deps.wallMs();
  const armed = readTold(armedFile(dataFolder), armedSchema);
  if (!deps.now && (armed === undefined || wallMs > armed.untilMs || armed.untilMs - wallMs > ARMED_MAX_MS)) return { kind: "nothing" };
  try {
    const taken = takeStaged(stagedFolder(dataFolder), join(stateFolder, OWN), deps.root, {
      platform: deps.platform,
      arch: deps.arch,
      package: layout.kind,
      version: installed,
      floor: state.floor.version,
      refused: state.refused,
      nowMs: rightTimeMs(wallMs, null, state.floor.ms),
    });
    if (taken === undefined) return { kind: "nothing" };
    const { release } = taken;
    if (!deps.now && armed?.sha256 !== release.file.sha256) throw new TillsyncError("update.tampered", "another update was armed");
    const { version, file } = release;
    deps.tell(`version ${version} is proven; ${installed} is kept`);
    const readBefore = [...(await deps.readSources())];
    await keepPrevious(deps, installed);
    const step = {
      kind: "installing" as const,
      release: { version, ...pick(file) },
      from: installed,
      tries: 0,
      attemptMs: wallMs,
      readBefore,
    };
    const floor = { ...state.floor, ms: Math.max(state.floor.ms, Date.parse(release.releasedAt)) };
    return await install(deps, { ...state, floor }, step);
  } catch (error) {
    if (error instanceof TillsyncError && armed !== undefined && !isTold(error))
      tellOutcome(deps, { ...armed, result: "refused", code: error.code });
    throw error;
  }
}

const pick = ({ bytes, sha256 }: { bytes: number; sha256: string }) => ({ bytes, sha256 });
/** Told already, by the one who knew more; the agent may not have heard it yet. */
const isTold = ({ code }: TillsyncError): boolean => code === "update.revert-failed" || code === "update.refused";

async function keepPrevious({ layout }: ApplyDeps, installed: string): Promise<void> {
  try {
    await layout.keep(installed);
  } catch (cause) {
    throw new TillsyncError("update.install-failed", `${installed} cannot be kept: ${wordsOf(cause)}`, { cause });
  }
}

/** The script first, then the word that there is something to go back from. */
async function install(deps: ApplyDeps, state: JobState, begun: UnderWay): Promise<Applied> {
  const { stateFolder, layout, passed } = deps;
  const step = { ...strip(begun), kind: "installing" as const, tries: begun.tries + 1 };
  writeWhole(join(stateFolder, REVERT_SCRIPT), revertScript(stateFolder, layout, step.from), 0o700);
  passed?.("script");
  const next = { ...state, step };
  writeJobState(stateFolder, next);
  passed?.("installing");
  tellInstalling(deps, step);
  try {
    await layout.install(ownCopy(join(stateFolder, OWN), layout.kind), step.release.version);
    passed?.("installed");
    if ((await layout.installed()) !== step.release.version) throw new CommandFailed("another version is in place afterwards");
  } catch (cause) {
    if (!(cause instanceof CommandFailed)) throw cause;
    return revert(deps, next, step, `not installed: ${wordsOf(cause)}`, failuresOf(state, step) + 1 >= STRIKES_MAX);
  }
  const probation = { ...step, kind: "probation" as const };
  writeJobState(stateFolder, { ...next, step: probation });
  passed?.("probation");
  return watch(deps, { ...next, step: probation }, probation);
}

async function watch(deps: ApplyDeps, state: JobState, step: UnderWay): Promise<Applied> {
  deps.tell(`version ${step.release.version} is in place, on probation`);
  tellInstalling(deps, step);
  await deps.layout.restart().catch((cause: unknown) => deps.tell(`not restarted: ${wordsOf(cause)}`));
  deps.passed?.("restarted");
  const proof = await deps.prove(step);
  deps.passed?.("proven");
  return proof.kind === "healthy" ? commit(deps, state, step) : revert(deps, state, step, proof.why);
}

async function commit(deps: ApplyDeps, state: JobState, { release, from }: UnderWay): Promise<Applied> {
  const { stateFolder, layout } = deps;
  const version = compareVersions(release.version, state.floor.version) > 0 ? release.version : state.floor.version;
  tellOutcome(deps, { sha256: release.sha256, version: release.version, result: "committed", code: null });
  deps.passed?.("told");
  writeJobState(stateFolder, { ...state, step: { kind: "idle" }, floor: { ...state.floor, version } });
  deps.passed?.("committed");
  tidy(deps);
  await layout.tidy([release.version, from]);
  deps.tell(`version ${release.version} has shown that it is well`);
  return { kind: "committed", version: release.version };
}

/** After a power cut or a kill. The script may have done the work already. */
async function resume(deps: ApplyDeps, state: JobState, step: UnderWay): Promise<Applied> {
  if (existsSync(join(deps.stateFolder, REVERTED_MARK))) return revert(deps, state, step, "taken back by the script");
  if (step.tries >= STRIKES_MAX) return revert(deps, state, step, `begun ${step.tries} times`);
  const isThere = (await deps.layout.installed()) === step.release.version;
  if (step.kind === "probation" && isThere) {
    const again = { ...step, tries: step.tries + 1 };
    writeJobState(deps.stateFolder, { ...state, step: again });
    return watch(deps, { ...state, step: again }, again);
  }
  const copy = ownCopy(join(deps.stateFolder, OWN), deps.layout.kind);
  if (!isOwnCopy(copy, step.release)) return revert(deps, state, step, "the proven copy is gone");
  return install(deps, state, step);
}

/** Back to the version before. What failed is not taken again; what could not be installed gets three tries. */
async function revert(deps: ApplyDeps, state: JobState, step: UnderWay, why: string, isRefused = true): Promise<Applied> {
  const { stateFolder, layout } = deps;
  const { sha256, version } = step.release;
  deps.tell(`version ${version} is taken back: ${why}`);
  writeJobState(stateFolder, { ...state, step: { ...strip(step), kind: "reverting", why: why.slice(0, 500), isRefused } });
  deps.passed?.("reverting");
  const after = afterRevert(state, step, isRefused);
  try {
    await layout.revert(step.from);
    deps.passed?.("back");
    if ((await layout.installed()) !== step.from) throw new CommandFailed("another version is in place afterwards");
  } catch (cause) {
    if (!(cause instanceof CommandFailed)) throw cause;
    writeJobState(stateFolder, afterRevert(state, step, true));
    tellOutcome(deps, { sha256, version, result: "stuck", code: "update.revert-failed" });
    throw new TillsyncError("update.revert-failed", wordsOf(cause), { cause });
  }
  await layout.restart().catch((cause: unknown) => deps.tell(`not restarted: ${wordsOf(cause)}`));
  const code: ErrorCode = isRefused ? "update.reverted" : "update.install-failed";
  tellOutcome(deps, { sha256, version, result: isRefused ? "reverted" : "refused", code });
  writeJobState(stateFolder, after);
  deps.passed?.("reverted");
  tidy(deps);
  return { kind: isRefused ? "reverted" : "failed", version };
}

const failuresOf = (state: JobState, { release }: UnderWay): number =>
  state.failed.find(({ sha256 }) => sha256 === release.sha256)?.times ?? 0;

function afterRevert(state: JobState, step: UnderWay, isRefused: boolean): JobState {
  const { sha256 } = step.release;
  const others = state.failed.filter((one) => one.sha256 !== sha256);
  if (!isRefused)
    return { ...state, step: { kind: "idle" }, failed: [...others, { sha256, times: failuresOf(state, step) + 1 }].slice(-REFUSED_MAX) };
  const refused = [...state.refused.filter((one) => one !== sha256), sha256].slice(-REFUSED_MAX);
  return { ...state, step: { kind: "idle" }, refused, failed: others };
}

/** The fields that all steps have. */
function strip({ release, from, tries, attemptMs, readBefore }: UnderWay): Omit<UnderWay, "kind" | "why"> {
  return { release, from, tries, attemptMs, readBefore };
}

function tidy({ stateFolder }: ApplyDeps): void {
  for (const name of [REVERT_SCRIPT, `${REVERT_SCRIPT}.done`, REVERTED_MARK]) rmSync(join(stateFolder, name), { force: true });
  rmSync(join(stateFolder, OWN), { recursive: true, force: true });
}

const tellInstalling = (deps: ApplyDeps, { release: { sha256, version }, attemptMs }: UnderWay): void =>
  tellOutcome(deps, { sha256, version, result: "installing", code: null, atMs: attemptMs });

/** For everybody to read; nobody but root can write beside it. */
function tellOutcome(deps: ApplyDeps, told: Omit<ToldOutcome, "atMs"> & { atMs?: number }): void {
  const { sha256, version, result, code, atMs = deps.wallMs() } = told;
  writeWhole(outcomeFile(deps.stateFolder), JSON.stringify({ sha256, version, result, code, atMs }), 0o644);
}

/** Fixed commands with fixed names: it runs where no part of a package does. */
const revertScript = (stateFolder: string, layout: Layout, version: string): string =>
  `#!/bin/sh
# Brings version ${version} back, should the one that is being put in place not even run the update job.
set -e
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
cd ${shellWord(stateFolder)}
${layout.revertCommands(version)}
touch ${REVERTED_MARK}
mv ${REVERT_SCRIPT} ${REVERT_SCRIPT}.done
`;

const wordsOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause)).slice(0, 300);
