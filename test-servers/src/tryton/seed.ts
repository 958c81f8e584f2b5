import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ADMIN_PASSWORD, companyToSeed, DATABASE } from "./company.ts";
import { PYTHON, TRYTOND_ADMIN } from "./programs.ts";
import { writeConfig } from "./start-trytond.ts";

const SCRIPT = fileURLToPath(new URL("seed.py", import.meta.url));
const MODULES = ["sale", "account_invoice_stock"];
const SEED_MAX_MS = 600_000;

/** The seeded database, made when it is not there or when what it should hold has changed. */
export async function seedDatabase(folder: string): Promise<string> {
  const company = JSON.stringify(companyToSeed(Date.now()));
  const version = createHash("sha256").update(company).update(readFileSync(SCRIPT)).digest("hex").slice(0, 12);
  const seeded = join(folder, `seeded-${version}.sqlite`);
  if (existsSync(seeded)) return seeded;
  const work = join(folder, `seeding-${process.pid}`);
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const config = join(work, "trytond.conf");
  writeConfig(config, work, 0);
  // trytond takes an empty file for a new database, and refuses a missing one.
  writeFileSync(join(work, `${DATABASE}.sqlite`), "");
  const passwords = join(work, "admin.pass");
  writeFileSync(passwords, ADMIN_PASSWORD, { mode: 0o600 });
  const admin = [TRYTOND_ADMIN, "-c", config, "-d", DATABASE, "-u", ...MODULES, "--activate-dependencies", "--email", "admin@example.com"];
  await runPython(admin, work, { TRYTONPASSFILE: passwords }, "");
  await runPython([SCRIPT], work, { TRYTOND_CONFIG: config }, company);
  for (const name of readdirSync(folder)) if (/^seeded-[0-9a-f]+\.sqlite$/.test(name)) rmSync(join(folder, name));
  renameSync(join(work, `${DATABASE}.sqlite`), seeded);
  rmSync(work, { recursive: true });
  return seeded;
}

async function runPython(args: readonly string[], cwd: string, env: Record<string, string>, input: string): Promise<void> {
  const child = spawn(PYTHON, args, { cwd, env: { ...process.env, ...env }, timeout: SEED_MAX_MS, stdio: ["pipe", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4_000)));
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve));
  if (code !== 0) throw new Error(`seeding Tryton failed with ${code}: ${said}`);
}
