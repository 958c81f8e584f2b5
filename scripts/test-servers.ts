/*
 * `npm run test:servers`: the suites that need real servers of others. It finds the PostgreSQL that is installed on this machine, and
 * says what to install where there is none; starts one server for the suites that share one (`TEST_PG_URL`), and names the
 * programs to those that start, kill and restart their own.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExternalPostgres } from "../simulation/src/world/external-postgres.ts";
import { runSteps } from "./steps.mjs";

const PG_MAJOR_MIN = 15;

/**
 * Two processes share the suites: each waits much for servers that it started. Suites of one server stay in one lane, since
 * they share its state, and so do those that install packages on this machine.
 */
const LANE = ["chaos", "vendure", "kafka", "installed", "deb-layout", "desktop-package"];
const LANES = [[...LANE], LANE.flatMap((part) => ["--exclude", `**/*${part}*/**`, "--exclude", `**/*${part}*`])];

function findPostgres(): string | undefined {
  const given = process.env["TILLSYNC_PG_BIN"];
  if (given !== undefined) return given;
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).filter((v) => Number(v) >= PG_MAJOR_MIN) : [];
  return versions
    .toSorted((a, b) => Number(b) - Number(a))
    .map((v) => join(debian, v, "bin"))
    .find((bin) => existsSync(join(bin, "initdb")));
}

const bin = findPostgres();
if (bin === undefined) {
  console.error(`The server suites need a PostgreSQL ${PG_MAJOR_MIN} or newer: on Debian "apt-get install postgresql",`);
  console.error("elsewhere set TILLSYNC_PG_BIN to the folder that holds initdb and postgres.");
  process.exit(1);
}
process.env["TILLSYNC_PG_BIN"] = bin;
console.log(`PostgreSQL: ${bin}`);
const folder = mkdtempSync(join(tmpdir(), "tillsync-servers-"));
const postgres = await createExternalPostgres(bin, folder);
process.env["TEST_PG_URL"] = postgres.url;
let code = 1;
try {
  code = await runSteps([{ name: "server tests", vitest: ["servers"], lanes: LANES }]);
} finally {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(code);
