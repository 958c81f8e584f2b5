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
  addWebhook(destination: { name: string; url: string; secret: string }): Promise<void>;
  status(): Promise<CloudView>;
}

/** The first start makes a database, which takes some seconds on a slow disk. */
const START_DEADLINE_MS = 90_000;

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
    addWebhook: async ({ name, url: target, secret }) => {
      const file = join(folder, `${name}.destination.json`);
      writeFileSync(file, JSON.stringify({ name, kind: "webhook", config: { url: target }, secret }, undefined, 2), { mode: 0o600 });
      await command("destinations", "destinations", "add", file);
    },
    status: async () => readCloudStatus(await command("status", "status", "--json")),
  };
}
