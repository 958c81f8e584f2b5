import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { TestServer } from "../test-server.ts";
import { installVendure, placesOf } from "./install.ts";
import { runServer } from "./run-server.ts";
import type { Seed } from "./seed.ts";

/** Vendure 3 with `till-receipts.mjs`, on SQLite: the seeded database is copied at each fresh start. */
export const vendure: TestServer = {
  name: "vendure",
  summary: "OMS: Vendure 3 from npm, on SQLite",
  install: installVendure,
  start: async (folder, { keepState, port }) => {
    const { app, seed: seeded, seedFile, state } = placesOf(folder);
    const seed = JSON.parse(readFileSync(seedFile, "utf8")) as Seed;
    if (keepState !== true || !existsSync(join(state, "vendure.sqlite"))) freshCopy(seeded, state);
    const server = await runServer(app, state, { port, adminPassword: seed.adminPassword });
    const url = `http://127.0.0.1:${server.port}/admin-api`;
    return {
      pids: [server.pid],
      facts: { url, user: "superadmin", ...seed },
      destination: destinationOf(url, seed),
      kill: () => server.kill(),
      stop: () => server.stop(),
    };
  },
};

function freshCopy(seeded: string, state: string): void {
  rmSync(state, { recursive: true, force: true });
  mkdirSync(state, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(seeded)) {
    if (name.startsWith("vendure.sqlite")) copyFileSync(join(seeded, name), join(state, name));
  }
}

/** A destination's file for the seeded server. */
const destinationOf = (url: string, seed: Seed): Readonly<Record<string, unknown>> => ({
  name: "vendure",
  kind: "vendure",
  include: ["sales", "inventory"],
  // One process with one SQLite file: more at once only wait for each other.
  concurrency: 4,
  url,
  secret: seed.apiKey,
  allowPrivateNetwork: true,
  paymentMethod: seed.paymentMethod,
  shippingMethod: seed.shippingMethod,
  countryCode: "DE",
  mapping: {
    version: 1,
    stores: Object.fromEntries(Object.keys(seed.stockLocations).map((name) => [name, name])),
    tenders: { "*": "till" },
    customers: { "*": seed.walkInCustomer },
    accounts: { "*": "TILL-ADJUSTMENT", return: "TILL-RETURN" },
  },
});
