import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { postgres } from "../postgres/postgres.ts";
import { freePorts } from "../process/free-port.ts";
import type { RunningServer, StartOptions, TestServer } from "../test-server.ts";
import { DATABASE, destinationFor, PASSWORD, USER } from "./company.ts";
import { installTryton } from "./programs.ts";
import { databaseOf, seedDatabase } from "./seed.ts";
import { startTrytond, writeConfig, type RunningTrytond } from "./start-trytond.ts";

/** Tryton 6.0 as Debian packages it, with the company of the generated days, on a PostgreSQL of its own: the seeded database is copied at each fresh start. */
export const tryton: TestServer = {
  name: "tryton",
  summary: "ERP: Tryton 6.0 on PostgreSQL, both from Debian, seeded with the shop of the generated days",
  install: async (folder) => {
    await installTryton();
    mkdirSync(folder, { recursive: true });
    await seedDatabase(folder);
  },
  start,
};

/** Between finding a free port and listening on it, another process may have taken it. */
const PORT_TRIES = 3;

async function start(folder: string, { keepState, port }: StartOptions): Promise<RunningServer> {
  await seedDatabase(folder);
  const database = await postgres.start(databaseOf(folder), keepState === undefined ? {} : { keepState });
  try {
    const config = join(folder, "trytond.conf");
    writeConfig(config, String(database.facts["url"]));
    const { server, on } = await startOnPort(folder, config, port);
    const url = `http://127.0.0.1:${on}`;
    return {
      pids: [server.process.pid, ...database.pids],
      facts: { url, database: DATABASE, user: USER, password: PASSWORD },
      destination: destinationFor(url),
      kill: async () => {
        await server.kill();
        await database.kill();
      },
      stop: async () => {
        await server.process.end("SIGTERM");
        await database.stop();
      },
    };
  } catch (error) {
    await database.stop();
    throw error;
  }
}

async function startOnPort(folder: string, config: string, port: number | undefined): Promise<{ server: RunningTrytond; on: number }> {
  for (let tries = port === undefined ? PORT_TRIES : 1; ; tries--) {
    const [free = 0] = await freePorts(1);
    const on = port ?? free;
    try {
      return { server: await startTrytond(folder, config, on), on };
    } catch (error) {
      if (tries <= 1 || !(error instanceof Error && /address already in use/i.test(error.message))) throw error;
    }
  }
}
