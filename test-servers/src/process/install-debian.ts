import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";

const run = promisify(execFile);
const LOCK = "DPkg::Lock::Timeout=300";

/** The program is not there, and cannot be put there by whoever runs this: not on Debian, or not as root. */
export class CannotInstall extends Error {
  override readonly name = "CannotInstall";
}

/** Installs Debian packages when `program` is not there. Nothing of them is started. Throws `CannotInstall` with what to do where it cannot. */
export async function installDebian(program: string, packages: readonly string[]): Promise<void> {
  if (existsSync(program)) return;
  const command = `apt-get install ${packages.join(" ")}`;
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get"))
    throw new CannotInstall(`${program} is missing: on Debian, as root, "${command}"`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  const install = (): Promise<unknown> =>
    run("apt-get", ["-o", LOCK, "install", "-y", "-qq", "--no-install-recommends", ...packages], { env });
  await install().catch(async () => {
    await run("apt-get", ["-o", LOCK, "update", "-qq"], { env });
    await install();
  });
}
