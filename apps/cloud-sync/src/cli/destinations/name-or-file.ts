import { TillsyncError } from "@tillsync/sync-protocol";
import type { Database } from "../../db/database.ts";
import { findDestination, readDestinationConfig } from "../../destinations/destination.ts";
import { readDestinationFile, type DestinationFile } from "../../destinations/destination-file.ts";
import { sealOf, type SealFlags } from "./flags.ts";

export interface Chosen {
  readonly file: DestinationFile;
  /** Undefined for a file that was not added. */
  readonly key: string | undefined;
}

/** A destination that was added, or else a destination's file. Throws `destination.unknown` when it is neither. */
export async function nameOrFile(db: Database, values: SealFlags, subject: string): Promise<Chosen> {
  const found = await findDestination(db, subject).catch((error: unknown) => {
    if (error instanceof TillsyncError && error.code === "destination.unknown") return undefined;
    throw error;
  });
  if (found !== undefined) return { file: await readDestinationConfig(db, found.key, await sealOf(values)), key: found.key };
  if (!/[./\\]/.test(subject)) throw new TillsyncError("destination.unknown", subject);
  return { file: await readDestinationFile(subject), key: undefined };
}
