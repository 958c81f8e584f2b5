import { copyFileSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { freePorts } from "../process/free-port.ts";
import type { RunningServer, StartOptions, TestServer } from "../test-server.ts";
import { DATABASE, destinationFor, PASSWORD, USER } from "./company.ts";
import { installTryton } from "./programs.ts";
import { seedDatabase } from "./seed.ts";
import { startTrytond, writeConfig } from "./start-trytond.ts";

/** Tryton 6.0 as Debian packages it, with the company of the generated days. Its seeded file is kept and copied at every start. */
export const tryton: TestServer = {
  name: "tryton",
  summary: "ERP: Tryton 6.0 from Debian, on SQLite, seeded with the shop of the generated days",
  install: async (folder) => {
    await installTryton();
    mkdirSync(folder, { recursive: true });
    await seedDatabase(folder);
  },
  start,
};

async function start(folder: string, options: StartOptions): Promise<RunningServer> {
  const seeded = await seedDatabase(folder);
  const state = join(folder, "state");
  const database = join(state, `${DATABASE}.sqlite`);
  mkdirSync(state, { recursive: true });
  if (options.keepState !== true || !existsSync(database)) {
    for (const end of ["", "-journal", "-wal", "-shm"]) rmSync(database + end, { force: true });
    copyFileSync(seeded, database);
  }
  const [free = 0] = await freePorts(1);
  const port = options.port ?? free;
  const config = join(state, "trytond.conf");
  writeConfig(config, state, port);
  const server = await startTrytond(state, config, port);
  const url = `http://127.0.0.1:${port}`;
  return {
    pids: [server.pid],
    facts: { url, database: DATABASE, user: USER, password: PASSWORD },
    destination: destinationFor(url),
    kill: () => server.end("SIGKILL"),
    stop: () => server.end("SIGTERM"),
  };
}
