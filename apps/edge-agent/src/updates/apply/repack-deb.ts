import { cpSync, existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CommandFailed, runCommand } from "./run-command.ts";
import { syncTree } from "./sync-tree.ts";

const INFO = "/var/lib/dpkg/info";
/** What dpkg keeps of a package besides its files, and a package needs. */
const CONTROL_FILES = ["preinst", "postinst", "prerm", "postrm", "conffiles", "triggers", "md5sums", "shlibs", "templates", "config"];
/** What dpkg adds to a package's own fields when it has installed it. */
const DPKG_FIELDS = new Set(["status", "conffiles", "config-version", "triggers-pending", "triggers-awaited"]);

/** Makes a package of the one that is installed, from its files as they are. The file is whole or not there. */
export async function repackDeb(name: string, target: string): Promise<void> {
  const work = `${target}.work`;
  rmSync(work, { recursive: true, force: true });
  try {
    mkdirSync(join(work, "DEBIAN"), { recursive: true, mode: 0o755 });
    const files = (await runCommand("dpkg-query", ["-L", name])).split("\n").filter((path) => path.startsWith("/") && path !== "/.");
    for (const path of files) copyInto(work, path);
    writeFileSync(join(work, "DEBIAN", "control"), controlOf(await runCommand("dpkg-query", ["-s", name])));
    for (const part of CONTROL_FILES) {
      const from = controlPath(name, part);
      if (from !== undefined) cpSync(from, join(work, "DEBIAN", part), { preserveTimestamps: true });
    }
    // Not compressed: it is to be there soon, for as long as one probation.
    await runCommand("dpkg-deb", ["-Znone", "--root-owner-group", "--build", work, `${target}.new`]);
    syncTree(`${target}.new`);
    renameSync(`${target}.new`, target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function copyInto(work: string, path: string): void {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw new CommandFailed(`${path} of the installed package is gone`);
  const to = join(work, path);
  if (stat.isDirectory()) mkdirSync(to, { recursive: true, mode: stat.mode & 0o7777 });
  else {
    mkdirSync(dirname(to), { recursive: true });
    cpSync(path, to, { preserveTimestamps: true, verbatimSymlinks: true });
  }
}

const controlPath = (name: string, part: string): string | undefined =>
  readdirSync(INFO)
    .filter((file) => file === `${name}.${part}` || (file.startsWith(`${name}:`) && file.endsWith(`.${part}`)))
    .map((file) => join(INFO, file))
    .find((path) => existsSync(path));

/** The package's own fields of `dpkg -s`: a field that goes on does so on lines that begin with a space. */
export function controlOf(status: string): string {
  const kept: string[] = [];
  let skips = false;
  for (const line of status.trimEnd().split("\n")) {
    if (!line.startsWith(" ")) skips = DPKG_FIELDS.has(line.slice(0, line.indexOf(":")).toLowerCase());
    if (!skips) kept.push(line);
  }
  return `${kept.join("\n")}\n`;
}
