import { userInfo } from "node:os";
import { TillsyncError } from "@tillsync/sync-protocol";
import type { Database } from "../../db/database.ts";
import { DESTINATIONS_TOPIC } from "../../destinations/destination-name.ts";
import { loadSeal, type Seal } from "../../destinations/seal.ts";
import { notifyProcesses } from "../../event-log/bridge-wake.ts";
import type { parseFlags } from "../parse-flags.ts";

export const FLAGS = {
  from: { type: "string" },
  to: { type: "string" },
  store: { type: "string" },
  key: { type: "string" },
  type: { type: "string" },
  rate: { type: "string" },
  reason: { type: "string" },
  force: { type: "boolean", default: false },
  "business-day": { type: "string" },
  limit: { type: "string" },
} as const;
export type Values = ReturnType<typeof parseFlags<typeof FLAGS>>["values"];

/** Flags of a command that may have to open secrets. */
export interface SealFlags {
  readonly data?: string | undefined;
  readonly "database-url"?: string | undefined;
}

/** `--data` may come beside `--database-url`: it then only holds the seal key. */
export const databaseFlags = (values: SealFlags): Record<string, unknown> =>
  values["database-url"] === undefined ? { ...values } : { ...values, data: undefined };

/** The key that seals secrets. Throws `usage.invalid` when no flag and no variable says where it is. */
export function sealOf(values: SealFlags): Promise<Seal> {
  const fromEnvironment = process.env["TILLSYNC_SEAL_KEY"];
  if (values.data === undefined && fromEnvironment === undefined)
    throw new TillsyncError("usage.invalid", "--data names the folder with the seal key, unless TILLSYNC_SEAL_KEY is set");
  return loadSeal(values.data ?? "", fromEnvironment);
}

export const wake = (db: Database): Promise<unknown> => notifyProcesses(db, [DESTINATIONS_TOPIC]);

/** Who is on record for what a command does: the account that ran it. */
export const whoRuns = (): string => userInfo().username;
