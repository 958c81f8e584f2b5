import { mkdirSync, statSync } from "node:fs";
import { TillsyncError } from "@tillsync/sync-protocol";
import { z } from "zod";
import { askAgent } from "../../control/ask-agent.ts";
import { lockFolder } from "../../store/lock-folder.ts";
import { healthFile } from "../tell-health.ts";
import { packageFolder, readPackageTrust } from "../trust/package-trust.ts";
import { applyUpdate, type Applied } from "./apply-update.ts";
import { debLayout } from "./deb-layout.ts";
import { healthSchema } from "./health.ts";
import type { Layout, Supervisor } from "./layout.ts";
import { readTold } from "./outcome.ts";
import { proveHealth } from "./prove-health.ts";
import { runCommand, shellWord } from "./run-command.ts";
import { tarLayout } from "./tar-layout.ts";

export interface JobOptions {
  readonly dataFolder: string;
  readonly stateFolder: string;
  /** The program that runs: its package brings the keys. */
  readonly program: string;
  /** For installs made of a tarball: where `releases` and `current` are. Absent: a Debian package. */
  readonly releases: string | undefined;
  /** What starts the agent of such an install: a unit of systemd, or a program. */
  readonly starter: { readonly unit: string } | { readonly program: string };
  readonly now: boolean;
  readonly deadlineMs: number;
  readonly soakMs: number;
  readonly tell: (text: string) => void;
}

/** Runs the root job once on this machine. Throws `update.*`, and `data.locked` while another one runs. */
export async function runJob(options: JobOptions): Promise<Applied> {
  const { dataFolder, stateFolder } = options;
  // The agent's user reads what is put in place, and the outcome, whatever a technician's shell says of new files.
  process.umask(0o022);
  ownFolder(stateFolder);
  const lock = lockFolder(stateFolder);
  try {
    const trust = readPackageTrust(packageFolder(options.program));
    const layout = layoutOf(options);
    if (trust === undefined || trust.kind !== layout.kind)
      throw new TillsyncError("update.none-configured", "the package brings no keys for it");
    return await applyUpdate({
      dataFolder,
      stateFolder,
      layout,
      root: trust.root,
      platform: process.platform,
      arch: process.arch,
      now: options.now,
      wallMs: () => Date.now(),
      readSources: () => readableSources(dataFolder),
      prove: (step) =>
        proveHealth(
          { version: step.release.version, ...step, deadlineMs: options.deadlineMs, soakMs: options.soakMs },
          {
            health: () => readTold(healthFile(dataFolder), healthSchema),
            monotonicMs: () => performance.now(),
            sleep: (ms) => new Promise((resolve) => void setTimeout(resolve, ms)),
          },
        ),
      tell: options.tell,
    });
  } finally {
    lock.release();
  }
}

/** What the agent's user could write to proves nothing. Throws `update.rights`. */
function ownFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o755 });
  } catch (cause) {
    throw new TillsyncError("update.rights", path, { cause });
  }
  const { uid, mode } = statSync(path);
  if (uid !== process.geteuid?.() || (mode & 0o022) !== 0) throw new TillsyncError("update.rights", `${path} may be written to by others`);
}

function layoutOf({ releases, starter, stateFolder }: JobOptions): Layout {
  if (releases !== undefined) return tarLayout(releases, supervisorOf(starter));
  if (process.geteuid?.() !== 0) throw new TillsyncError("update.rights");
  return debLayout(stateFolder);
}

function supervisorOf(starter: JobOptions["starter"]): Supervisor {
  const [program, ...args] = "unit" in starter ? ["systemctl", "restart", starter.unit] : [starter.program];
  return {
    restart: async () => void (await runCommand(program, args)),
    command: [program, ...args].map(shellWord).join(" "),
  };
}

/** What does not read before the update is not asked of the new version. The agent's answer is believed in nothing else. */
async function readableSources(dataFolder: string): Promise<string[]> {
  const answer = await askAgent(dataFolder, "snapshot", {}).catch(() => undefined);
  const sources = readSchema.safeParse(answer).data?.sources ?? [];
  return sources.filter(({ lastReadAtMs }) => lastReadAtMs !== null).map(({ name }) => name);
}

const readSchema = z.object({
  sources: z.array(z.object({ name: z.string().max(200), lastReadAtMs: z.number().nullable() })).max(1_000),
});
