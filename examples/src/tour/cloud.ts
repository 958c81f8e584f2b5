import { join } from "node:path";
import { writeFileSync } from "node:fs";
import { z } from "zod";
import type { Crew } from "./crew.ts";
import { CLOUD_SYNC, readUrl } from "./programs.ts";
import { readCloudStatus } from "./statuses.ts";
import type { CloudView } from "./view.ts";

/** The cloud of the tour, spoken to through its command line. */
export interface Cloud {
  readonly port: number;
  enrolCode(store: string, terminal: string): Promise<string>;
  addWebhook(destination: { name: string; url: string; secretFile: string }): Promise<void>;
  status(): Promise<CloudView>;
}

/** The first start makes a database, which takes some seconds on a slow disk. */
const START_DEADLINE_MS = 90_000;

/** Shorter than a receiver's silence on purpose, so that a time-out is seen as one. */
const TIMEOUT_MS = 1_500;
/** A person waits for the tour: it tries again sooner than a shop's cloud would. */
const RETRY = { baseMs: 200, capMs: 5_000 };

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
    status: async () => readCloudStatus(await command("status", "status", "--json")),
  };
}
