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

/** Between finding a free port and listening on it, another process may have taken it. */
const PORT_TRIES = 3;

async function start(folder: string, options: StartOptions): Promise<RunningServer> {
  const seeded = await seedDatabase(folder);
  const state = join(folder, "state");
  const database = join(state, `${DATABASE}.sqlite`);
  mkdirSync(state, { recursive: true });
  if (options.keepState !== true || !existsSync(database)) {
    for (const end of ["", "-journal", "-wal", "-shm"]) rmSync(database + end, { force: true });
    copyFileSync(seeded, database);
  }
  for (let tries = options.port === undefined ? PORT_TRIES : 1; ; tries--) {
    const [free = 0] = await freePorts(1);
    try {
      return await startOn(state, options.port ?? free);
    } catch (error) {
      if (tries <= 1 || !(error instanceof Error && error.message.includes("Address already in use"))) throw error;
    }
  }
}

async function startOn(state: string, port: number): Promise<RunningServer> {
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
