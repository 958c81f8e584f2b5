/*
 * `npm run test:servers`: the suites that need real servers of others. They are started by the suites themselves from
 * what is installed on this machine; this script finds it, and says what to install where it is missing.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { runSteps } from "./steps.mjs";

const PG_MAJOR_MIN = 15;

function findPostgres() {
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
process.exit(runSteps([{ name: "server tests", vitest: ["servers"] }]));
