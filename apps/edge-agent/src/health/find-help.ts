import { z } from "zod";
import type { AgentConfig } from "../config/config-schema.ts";
import { findDocument } from "../reference/store/find-documents.ts";
import type { ReferenceStore } from "../reference/store/reference-store.ts";
import type { Snapshot } from "../window-api/snapshot.ts";

/** Whom staff call, as a setting named `help` of terminals says it. */
const helpSchema = z.object({ name: z.string().min(1).max(100), phone: z.string().max(50).optional() });

/**
 * Whom staff call: what head office has set, else what the terminal's own configuration says. A setting of another
 * shape, or reference data that cannot be read, is none.
 */
export function findHelp(reference: ReferenceStore, config: Pick<AgentConfig, "help">): Snapshot["help"] {
  const set = helpSchema.safeParse(quietly(() => findDocument(reference, "configuration", "help")?.value)).data;
  const help = set ?? config.help;
  return help === undefined ? null : { name: help.name, phone: help.phone ?? null };
}

/** How the store is called and which clock it lives by, once its document has come down. */
export function findStore(reference: ReferenceStore, id: string | undefined): Pick<Snapshot, "storeName" | "timeZone"> {
  const store = id === undefined ? undefined : quietly(() => findDocument(reference, "stores", id));
  return { storeName: store?.name ?? null, timeZone: store?.timeZone ?? null };
}

/** A picture is shown whatever state the reference data is in; what is wrong with it is told elsewhere. */
function quietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
