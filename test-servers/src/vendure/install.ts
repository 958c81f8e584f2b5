import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CannotInstall } from "../process/install-debian.ts";
import { runServer } from "./run-server.ts";
import { seedVendure } from "./seed.ts";

const own = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const PROGRAM = ["package.json", "package-lock.json", "server.mjs", "till-receipts.mjs", "order-notices.mjs"];
/** What decides the seeded state, besides the program. */
const SEED = ["seed.ts", "../../../examples/src/pos-generator/trading-day/assortment.ts"];
const INSTALL_MS = 600_000;

/** Folders of one installation. */
export const placesOf = (folder: string) => ({
  app: join(folder, "app"),
  seed: join(folder, "seed"),
  seedFile: join(folder, "seed", "seed.json"),
  state: join(folder, "state"),
});

/** Installs the program's packages, then starts it once on an empty database and fills it. Each is done again when its files changed. */
export async function installVendure(folder: string): Promise<void> {
  const { app, seed, seedFile } = placesOf(folder);
  const packages = stampOf(["package.json", "package-lock.json"]);
  if (stampIn(app) !== packages) {
    rmSync(app, { recursive: true, force: true });
    mkdirSync(app, { recursive: true });
    for (const name of PROGRAM) copyFileSync(own(name), join(app, name));
    await installPackages(app);
    writeFileSync(join(app, "stamp"), packages);
  }
  for (const name of PROGRAM) copyFileSync(own(name), join(app, name));
  const content = stampOf([...PROGRAM, ...SEED]);
  if (stampIn(seed) === content && existsSync(seedFile)) return;
  rmSync(seed, { recursive: true, force: true });
  const adminPassword = randomBytes(18).toString("base64url");
  const server = await runServer(app, seed, { adminPassword, populate: true });
  try {
    writeFileSync(`${seedFile}.new`, JSON.stringify(await seedVendure(server.port, adminPassword)), { mode: 0o600 });
  } finally {
    await server.stop();
  }
  writeFileSync(join(seed, "stamp"), content);
  renameSync(`${seedFile}.new`, seedFile);
}

async function installPackages(app: string): Promise<void> {
  const child = spawn("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: app,
    stdio: ["ignore", "ignore", "pipe"],
    timeout: INSTALL_MS,
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2_000)));
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw new CannotInstall(`Vendure's packages cannot be had: npm ci ended with ${code}: ${said}`);
}

function stampOf(names: readonly string[]): string {
  const hash = createHash("sha256");
  for (const name of names) hash.update(readFileSync(own(name)));
  return hash.digest("hex");
}

const stampIn = (folder: string): string | undefined => {
  const file = join(folder, "stamp");
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
};
