import { join } from "node:path";
import { writeFileSync } from "node:fs";
import { z } from "zod";
import type { Crew } from "./crew.ts";
import { CLOUD_SYNC, readUrl } from "./programs.ts";
import type { ChangedPrice, ListedPrice } from "./digest-prices.ts";
import { readChanged, readCloudStatus, readListed } from "./statuses.ts";
import type { CloudView } from "./view.ts";

/** The cloud of the tour, spoken to through its command line. */
export interface Cloud {
  readonly port: number;
  enrolCode(store: string, terminal: string): Promise<string>;
  addWebhook(destination: { name: string; url: string; secretFile: string }): Promise<void>;
  /** Imports prices for all stores from a file; gives how many became other than they were. Fails when one was refused. */
  importPrices(file: string, mapping?: string): Promise<number>;
  /** All prices, and the versions of an item's regular one. */
  prices(item: string): Promise<{ rows: ListedPrice[]; changed: ChangedPrice }>;
  status(): Promise<CloudView>;
}

/** The first start makes a database, which takes some seconds on a slow disk. */
const START_DEADLINE_MS = 90_000;

/** Shorter than a receiver's silence on purpose, so that a time-out is seen as one. */
const TIMEOUT_MS = 1_500;
/** A person waits for the tour: it tries again sooner than a shop's cloud would. */
const RETRY = { baseMs: 200, capMs: 5_000 };

/** More than the tour's list has; a list that does not fit is refused by its reader. */
const PRICES_MAX = 10_000;

export async function startCloud(crew: Crew, folder: string): Promise<Cloud> {
  const data = join(folder, "cloud");
  const command = (name: string, ...args: string[]): Promise<string> =>
    crew.run(`cloud-sync-${name}`, CLOUD_SYNC, [...args, "--data", data]);
  const service = crew.start("cloud-sync", CLOUD_SYNC, ["serve", "--data", data, "--port", "0", "--host", "127.0.0.1", "--json"]);
  const url = await service.firstLine(readUrl, START_DEADLINE_MS);
  return {
    port: Number(new URL(url).port),
    enrolCode: async (store, terminal) => {
      const answer = await command("enrol-code", "enrol-code", "--store", store, "--terminal", terminal, "--json");
      return z.object({ code: z.string() }).parse(JSON.parse(answer)).code;
    },
    addWebhook: async ({ name, url: target, secretFile }) => {
      const file = join(folder, `${name}.destination.json`);
      const destination = {
        name,
        kind: "webhook",
        url: target,
        secretFile,
        allowPrivateNetwork: true,
        timeoutMs: TIMEOUT_MS,
        retry: RETRY,
      };
      writeFileSync(file, JSON.stringify(destination, undefined, 2));
      await command(`add-${name}`, "destinations", "add", file);
    },
    importPrices: async (file, mapping) => {
      const how = mapping === undefined ? [] : ["--mapping", mapping];
      const answer = await command("import", "reference", "import", "--collection", "prices", "--scope", "all", ...how, file, "--json");
      return z.object({ accepted: z.number() }).parse(JSON.parse(answer)).accepted;
    },
    prices: async (item) => {
      const [listed, shown] = await Promise.all([
        command("list", "reference", "list", "prices", "--limit", String(PRICES_MAX), "--json"),
        command("show", "reference", "show", "prices", `${item}:regular`, "--json"),
      ]);
      return { rows: readListed(listed), changed: readChanged(shown) };
    },
    status: async () => readCloudStatus(await command("status", "status", "--json")),
  };
}
