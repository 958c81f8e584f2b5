import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { postgres } from "../postgres/postgres.ts";
import { CannotInstall } from "../process/install-debian.ts";
import { runCommand, startMedusa } from "./run-medusa.ts";
import { seedMedusa, type Seed } from "./seed.ts";

const own = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const PACKAGES = ["package.json", "package-lock.json"];
const CONFIG = "medusa-config.cjs";
/** Where the program's own files are, which are no modules of ours. */
const program = (name: string): string => `program/${name}`;
/** What decides the seeded state, besides the packages. */
const SEED = [program(CONFIG), "seed.ts", "../../../examples/src/pos-generator/trading-day/assortment.ts"];
/** 680 MB of packages. */
const INSTALL_MS = 600_000;
const EMAIL = "admin@example.com";

/** Folders of one installation. */
export const placesOf = (folder: string) => ({
  app: join(folder, "app"),
  database: join(folder, "database"),
  seedFile: join(folder, "seed.json"),
});

/** Installs the program's packages and its database, then fills it once. Each is done again when its files changed. */
export async function installMedusa(folder: string): Promise<void> {
  const { app, database, seedFile } = placesOf(folder);
  const packages = stampOf(PACKAGES.map(program));
  if (stampIn(app) !== packages) {
    rmSync(app, { recursive: true, force: true });
    mkdirSync(app, { recursive: true });
    for (const name of PACKAGES) copyFileSync(own(program(name)), join(app, name));
    await installPackages(app);
    writeFileSync(join(app, "stamp"), packages);
  }
  const content = stampOf([...PACKAGES.map(program), ...SEED]);
  if (stampIn(database) === content && existsSync(seedFile)) return;
  copyFileSync(own(program(CONFIG)), join(app, "medusa-config.js"));
  rmSync(database, { recursive: true, force: true });
  mkdirSync(database, { recursive: true });
  const seed = await fill(app, database);
  writeFileSync(`${seedFile}.new`, JSON.stringify(seed), { mode: 0o600 });
  writeFileSync(join(database, "stamp"), content);
  renameSync(`${seedFile}.new`, seedFile);
}

/** Makes the seeded state what the database server starts from. */
async function fill(app: string, database: string): Promise<Seed> {
  await postgres.install(database);
  const server = await postgres.start(database, {});
  const secret = randomBytes(24).toString("base64url");
  const password = randomBytes(18).toString("base64url");
  const place = { app, databaseUrl: String(server.facts["url"]), secret };
  try {
    await runCommand(place, ["db:migrate", "--execute-safe-links", "--skip-scripts"]);
    await runCommand(place, ["user", "-e", EMAIL, "-p", password]);
    const medusa = await startMedusa(place, database);
    try {
      return { secret, ...(await seedMedusa(medusa.port, EMAIL, password)) };
    } finally {
      await medusa.process.end("SIGTERM");
    }
  } finally {
    await server.stop();
    rmSync(join(database, "seed"), { recursive: true, force: true });
    renameSync(join(database, "state"), join(database, "seed"));
  }
}

async function installPackages(app: string): Promise<void> {
  // Not `npm ci`: the lock file leaves out what other systems than Linux on x64 have instead of some packages.
  const child = spawn("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: app,
    stdio: ["ignore", "ignore", "pipe"],
    timeout: INSTALL_MS,
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2_000)));
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw new CannotInstall(`Medusa's packages cannot be had: npm install ended with ${code}: ${said}`);
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
