import { readerFactory, type OpenReader, type Pseudonymiser } from "../capture/reader.ts";
import { loadConfig } from "../config/load-config.ts";
import type { AgentConfig } from "../config/config-schema.ts";
import { loadEnrolment } from "../enrol/enrolment.ts";
import { openDiskGuard, type DiskGuard } from "../health/disk-guard.ts";
import { loadOrCreateKeys, type TerminalKeys } from "../keys/key-files.ts";
import { localPseudonymKey, pseudonymise, retailerPseudonymKey, type PseudonymKey } from "../keys/pseudonym.ts";
import { noteRetailerPseudonyms } from "../journal/pseudonym-change.ts";
import type { AgentStore } from "../store/agent-store.ts";
import { openAgentStore } from "../store/open-store.ts";

/** A data folder that this process may write to: all that capturing needs, enrolled or not. */
export interface AgentFolder {
  readonly dir: string;
  readonly config: AgentConfig;
  readonly keys: TerminalKeys;
  readonly store: AgentStore;
  readonly guard: DiskGuard;
  readonly openReader: OpenReader;
  readonly close: () => void;
}

export interface OpenFolderOptions {
  readonly now: () => number;
  readonly onDiskChange?: (state: "ok" | "full") => void;
}

/** Opens a data folder to write, and makes it where it does not exist. Throws `data.*`, `config.*`, `keys.*`, `store.*`. */
export function openFolder(dir: string, options: OpenFolderOptions): AgentFolder {
  const keys = loadOrCreateKeys(dir);
  const config = loadConfig(dir);
  const store = openAgentStore(dir, { now: options.now, journalKey: keys.journal.thumbprint });
  try {
    const guard = openDiskGuard(dir, {
      ballastBytes: config.ballastBytes,
      ...(options.onDiskChange === undefined ? {} : { onChange: options.onDiskChange }),
    });
    return { dir, config, keys, store, guard, openReader: readerFactory(pseudonymiser(dir, store)), close: () => store.close() };
  } catch (cause) {
    store.close();
    throw cause;
  }
}

/** The folder's own key until it is enrolled, then the retailer's. */
function pseudonymiser(dir: string, store: AgentStore): Pseudonymiser {
  let key: PseudonymKey | undefined;
  const refresh = (): PseudonymKey => {
    if (key === undefined || key.scope === "local") {
      key = currentKey(dir, key);
      if (key.scope === "retailer") noteRetailerPseudonyms(store);
    }
    return key;
  };
  return { refresh, pseudonymise: (kind, value) => pseudonymise(key ?? refresh(), kind, value) };
}

function currentKey(dir: string, known: PseudonymKey | undefined): PseudonymKey {
  const enrolment = loadEnrolment(dir);
  if (enrolment !== undefined) return retailerPseudonymKey(enrolment.pseudonymKey);
  return known ?? localPseudonymKey(dir);
}
