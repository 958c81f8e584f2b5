import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { finished, startProcess } from "../processes/child.ts";

const FOLDER = fileURLToPath(new URL("../../peers/", import.meta.url));
const INSTALL_MS = 480_000;

/**
 * Installs the libraries of `bench/peers` when they are not there as its lock file says. They are no part of the
 * project's own install. Returns why that failed, or `undefined`: a bench without peers still measures ours and the floor.
 */
export async function installPeers(progress: (line: string) => void): Promise<string | undefined> {
  const lock = createHash("sha256")
    .update(readFileSync(join(FOLDER, "package-lock.json")))
    .digest("hex");
  const stamp = join(FOLDER, "node_modules", ".tillsync-install");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return undefined;
  progress("installing the peers (once)");
  try {
    const npm = process.env["npm_execpath"];
    const args = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
    const options = { cwd: FOLDER, env: installEnvironment() };
    const install = npm === undefined ? startProcess("npm", args, options) : startProcess(process.execPath, [npm, ...args], options);
    await finished(install, INSTALL_MS, "npm ci in bench/peers").finally(() => install.stop());
    writeFileSync(stamp, lock);
    return undefined;
  } catch (error) {
    return error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
  }
}

/** An addon that has to be compiled needs the headers of this very Node.js, whatever the machine's npm is set up for. */
function installEnvironment(): NodeJS.ProcessEnv {
  const base = dirname(dirname(process.execPath));
  const platform = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  const nodedir = [base, join(base, "node_modules", platform), join(dirname(base), platform)].find((folder) =>
    existsSync(join(folder, "include", "node", "node.h")),
  );
  const { npm_config_local_prefix: _prefix, npm_package_json: _json, ...env } = process.env;
  return {
    ...env,
    PATH: `${dirname(process.execPath)}:${process.env["PATH"] ?? ""}`,
    ...(nodedir === undefined ? {} : { npm_config_nodedir: nodedir }),
  };
}
