import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { postgres } from "../postgres/postgres.ts";
import { ADMIN_PASSWORD, companyToSeed, DATABASE } from "./company.ts";
import { INDEXES } from "./indexes.ts";
import { PYTHON, TRYTOND_ADMIN } from "./programs.ts";
import { writeConfig } from "./start-trytond.ts";

const own = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const MODULES = ["sale", "account_invoice_stock"];
const SEED_MAX_MS = 600_000;
/** What decides the seeded state, besides the company. */
const SCRIPTS = ["seed.py", "run-sql.py", "indexes.ts"];

/** Where the database server of a folder is. */
export const databaseOf = (folder: string): string => join(folder, "database");

/** Makes the seeded database what the database server starts from, when it is not there or should hold something else. */
export async function seedDatabase(folder: string): Promise<void> {
  const company = JSON.stringify(companyToSeed(Date.now()));
  const hash = createHash("sha256").update(company);
  for (const name of SCRIPTS) hash.update(readFileSync(own(name)));
  const version = hash.digest("hex");
  const database = databaseOf(folder);
  const stamp = join(database, "stamp");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === version) return;
  rmSync(database, { recursive: true, force: true });
  mkdirSync(database, { recursive: true });
  await postgres.install(database);
  const server = await postgres.start(database, {});
  try {
    await fill(database, String(server.facts["url"]), company);
  } finally {
    await server.stop();
  }
  rmSync(join(database, "seed"), { recursive: true, force: true });
  renameSync(join(database, "state"), join(database, "seed"));
  writeFileSync(stamp, version);
}

async function fill(folder: string, url: string, company: string): Promise<void> {
  const config = join(folder, "seed.conf");
  writeConfig(config, url);
  const passwords = join(folder, "admin.pass");
  writeFileSync(passwords, ADMIN_PASSWORD, { mode: 0o600 });
  const admin = [TRYTOND_ADMIN, "-c", config, "-d", DATABASE, "-u", ...MODULES, "--activate-dependencies", "--email", "admin@example.com"];
  const filled = new URL(DATABASE, url.replace(/^postgres:/, "postgresql:")).href;
  // Tryton fills a database, and makes none.
  await runSql(folder, url, [`CREATE DATABASE ${DATABASE}`]);
  await runPython(admin, folder, { TRYTONPASSFILE: passwords }, "");
  await runPython([own("seed.py")], folder, { TRYTOND_CONFIG: config, SEED_DATABASE: filled }, company);
  await runSql(folder, filled, INDEXES);
}

const runSql = (folder: string, url: string, statements: readonly string[]): Promise<void> =>
  runPython([own("run-sql.py"), url, ...statements], folder, {}, "");

async function runPython(args: readonly string[], cwd: string, env: Record<string, string>, input: string): Promise<void> {
  const child = spawn(PYTHON, args, { cwd, env: { ...process.env, ...env }, timeout: SEED_MAX_MS, stdio: ["pipe", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4_000)));
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve));
  if (code !== 0) throw new Error(`seeding Tryton failed with ${code}: ${said}`);
}
