import { readFileSync } from "node:fs";
import { postgres } from "../postgres/postgres.ts";
import type { RunningServer, StartOptions, TestServer } from "../test-server.ts";
import { installMedusa, placesOf } from "./install.ts";
import { startMedusa } from "./run-medusa.ts";
import type { Seed } from "./seed.ts";

/** Medusa 2 with its loyalty plug-in, on a PostgreSQL of its own: the seeded database is copied at each fresh start. */
export const medusa: TestServer = {
  name: "medusa",
  summary: "OMS and store credit: Medusa 2 from npm, on PostgreSQL from Debian",
  install: installMedusa,
  start,
};

async function start(folder: string, { keepState, port }: StartOptions): Promise<RunningServer> {
  const { app, database, seedFile } = placesOf(folder);
  const seed = JSON.parse(readFileSync(seedFile, "utf8")) as Seed;
  const server = await postgres.start(database, keepState === undefined ? {} : { keepState });
  try {
    const place = { app, databaseUrl: String(server.facts["url"]), secret: seed.secret };
    const medusaServer = await startMedusa(place, folder, port);
    const url = `http://127.0.0.1:${medusaServer.port}`;
    const { secret: _signs, ...facts } = seed;
    return {
      pids: [medusaServer.process.pid, ...server.pids],
      facts: { url, ...facts },
      destination: destinationOf(url, seed),
      kill: async () => {
        await medusaServer.process.end("SIGKILL");
        await server.kill();
      },
      stop: async () => {
        await medusaServer.process.end("SIGTERM");
        await server.stop();
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** A destination's file for the seeded server. */
const destinationOf = (url: string, seed: Seed): Readonly<Record<string, unknown>> => ({
  name: "medusa",
  kind: "medusa",
  // One process: more at once only wait for each other.
  concurrency: 4,
  url,
  secret: seed.apiKey,
  allowPrivateNetwork: true,
  region: seed.region,
  salesChannel: seed.salesChannel,
  shippingOption: seed.shippingOption,
  lines: "catalog",
  points: "store-credit",
  mapping: {
    version: 1,
    stores: seed.stockLocations,
    tenders: { "*": "till" },
    customers: seed.accounts,
  },
});
