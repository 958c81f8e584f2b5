/*
 * Runs one of the project's programs on a fresh clone: installs what is missing, then hands over to Node 24.
 * Written for any Node from 20 on, with nothing installed: no imports but Node's own.
 *
 *   node scripts/with-install.mjs PROGRAM [ARGUMENT...]
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const major = Number(process.versions.node.split(".")[0]);
if (major < 20) {
  console.error(`Tillsync needs Node.js 20 or newer to set itself up (it brings its own Node.js 24); this is ${process.versions.node}.`);
  process.exit(2);
}

/** The install is current when the lock file is the one that was installed. */
const stampFile = join(root, "node_modules", ".tillsync-install");
const lockHash = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .digest("hex");
const installed = existsSync(stampFile) && readFileSync(stampFile, "utf8") === lockHash;
if (!installed) {
  console.error("Installing dependencies (once) ...");
  const npm = process.env["npm_execpath"];
  const args = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
  const done =
    npm === undefined
      ? spawnSync("npm", args, { cwd: root, stdio: ["ignore", 2, 2], shell: process.platform === "win32" })
      : spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: ["ignore", 2, 2] });
  if (done.status !== 0) {
    console.error("The installation failed; the lines above say why.");
    process.exit(1);
  }
  mkdirSync(join(root, "node_modules"), { recursive: true });
  writeFileSync(stampFile, lockHash);
}

const node = join(root, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");
const [program = "", ...rest] = process.argv.slice(2);
const env = {
  ...process.env,
  PATH: `${join(root, "node_modules", ".bin")}${process.platform === "win32" ? ";" : ":"}${process.env["PATH"] ?? ""}`,
};
const child = spawn(node, ["--conditions=tillsync-source", "--disable-warning=ExperimentalWarning", join(root, program), ...rest], {
  cwd: root,
  stdio: "inherit",
  env,
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(code ?? (signal === null ? 1 : 130)));
