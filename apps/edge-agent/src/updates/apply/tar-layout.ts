import { existsSync, mkdirSync, readdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import type { Layout, Supervisor } from "./layout.ts";
import { CommandFailed, runCommand, shellWord } from "./run-command.ts";
import { syncOne, syncTree } from "./sync-tree.ts";

const PROGRAM = join("bin", "edge-agent");
const BEING_UNPACKED = ".unpacking";

/** `FOLDER/releases/VERSION` side by side, and the link `FOLDER/current`, which changes at once or not at all. */
export function tarLayout(folder: string, supervisor: Supervisor): Layout {
  const releases = join(folder, "releases");
  const current = join(folder, "current");
  const point = (version: string): void => {
    const next = join(folder, ".current.next");
    rmSync(next, { force: true });
    symlinkSync(join("releases", version), next);
    renameSync(next, current);
    syncOne(folder);
  };
  return {
    kind: "tar",
    installed: async () => {
      try {
        const version = basename(readlinkSync(current));
        return existsSync(join(releases, version, PROGRAM)) ? version : undefined;
      } catch {
        return undefined;
      }
    },
    keep: async () => undefined,
    install: async (file, version) => {
      await unpack(file, releases, version);
      point(version);
    },
    revert: async (version) => {
      if (!existsSync(join(releases, version, PROGRAM))) throw new CommandFailed(`${version} is not there any more`);
      point(version);
    },
    revertCommands: (version) =>
      [
        `ln -sfn ${shellWord(join("releases", version))} ${shellWord(join(folder, ".current.next"))}`,
        `mv -fT ${shellWord(join(folder, ".current.next"))} ${shellWord(current)}`,
        supervisor.command,
      ].join("\n"),
    restart: supervisor.restart,
    tidy: async (versions) => {
      for (const name of readdirSync(releases))
        if (!versions.includes(name)) rmSync(join(releases, name), { recursive: true, force: true });
    },
  };
}

/** Unpacks aside, and takes the folder's name when all of it is on disk. */
async function unpack(file: string, releases: string, version: string): Promise<void> {
  const aside = join(releases, BEING_UNPACKED);
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { recursive: true, mode: 0o755 });
  await runCommand("tar", ["-xzf", file, "-C", aside, "--no-same-owner"]);
  const root = existsSync(join(aside, PROGRAM)) ? aside : join(aside, onlyName(aside));
  if (!existsSync(join(root, PROGRAM))) throw new CommandFailed(`no ${PROGRAM} in the package`);
  syncTree(aside);
  rmSync(join(releases, version), { recursive: true, force: true });
  renameSync(root, join(releases, version));
  syncOne(releases);
  rmSync(aside, { recursive: true, force: true });
}

function onlyName(folder: string): string {
  const names = readdirSync(folder);
  if (names.length !== 1 || names[0] === undefined) throw new CommandFailed(`no ${PROGRAM} in the package`);
  return names[0];
}
