import { randomBytes } from "node:crypto";
import { TillsyncError } from "@tillsync/sync-protocol";
import type { z } from "zod";
import { addServiceClient } from "../service-clients/add-service-client.ts";
import { listServiceClientDeeds, listServiceClients } from "../service-clients/list-service-clients.ts";
import { revokeServiceClient } from "../service-clients/revoke-service-client.ts";
import { serviceNameSchema, serviceRights, serviceRightsSchema, serviceStoreSchema } from "../service-clients/service-client.ts";
import type { Command } from "./command.ts";
import { whoRuns } from "./destinations/flags.ts";
import { parseFlags, required } from "./parse-flags.ts";
import { withDatabase } from "./with-database.ts";

const FLAGS = { may: { type: "string" }, store: { type: "string" }, audit: { type: "boolean", default: false } } as const;
type Values = ReturnType<typeof parseFlags<typeof FLAGS>>["values"];

export const serviceClients: Command = {
  usage: `service-clients list [--audit] | add NAME --may ${serviceRights.toReversed().join(",")} [--store S] | revoke NAME
      --data DIR|--database-url URL [--json]`,
  summary: "Makes, lists and revokes the programs that may write or read reference data. A token is shown once.",
  run: async (args) => {
    const { values, positionals } = parseFlags(args, FLAGS, 2);
    const [action, name] = positionals;
    if (action === "list" && name === undefined) return list(values);
    if (action === "add" && name !== undefined) return add(values, name);
    if (action === "revoke" && name !== undefined) return revoke(values, name);
    throw new TillsyncError("usage.invalid", "service-clients list, add NAME or revoke NAME");
  },
};

async function add(values: Values, text: string): Promise<number> {
  const name = checked(serviceNameSchema, text, "NAME");
  const may = checked(
    serviceRightsSchema,
    required(values.may, "may")
      .split(",")
      .map((right) => right.trim()),
    "--may",
  );
  const store = checked(serviceStoreSchema, values.store, "--store");
  const wanted = { name, may, store, who: whoRuns(), nowMs: Date.now(), randomBytes };
  const { token } = await withDatabase(values, (db) => addServiceClient(db, wanted));
  if (values.json) console.log(JSON.stringify({ name, may, store: store ?? null, token }));
  else console.log(`${token}\nThis is shown once: keep it where ${name} reads its secrets.`);
  return 0;
}

async function revoke(values: Values, name: string): Promise<number> {
  await withDatabase(values, (db) => revokeServiceClient(db, name, { who: whoRuns(), nowMs: Date.now() }));
  console.log(values.json ? JSON.stringify({ name, state: "revoked" }) : `${name} is revoked`);
  return 0;
}

async function list(values: Values): Promise<number> {
  const [clients, deeds] = await withDatabase(values, async (db) => [
    await listServiceClients(db),
    values.audit ? await listServiceClientDeeds(db) : undefined,
  ]);
  if (values.json) console.log(JSON.stringify({ serviceClients: clients, ...(deeds === undefined ? {} : { audit: deeds }) }));
  else {
    for (const one of clients)
      console.log([one.name, one.revokedAtMs === null ? "active" : "revoked", one.may.join(","), one.store ?? "every store"].join("\t"));
    for (const deed of deeds ?? [])
      console.log([new Date(deed.atMs).toISOString(), deed.action, deed.name, deed.who, deed.detail ?? ""].join("\t"));
  }
  return 0;
}

function checked<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new TillsyncError("usage.invalid", `${what}: ${parsed.error.issues[0]?.message ?? "invalid"}`);
  return parsed.data;
}
