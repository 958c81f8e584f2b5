import type { Adapter, AdapterContext, Checkpoint, ParseSession } from "@tillsync/pos-adapters";
import type { Pseudonym } from "@tillsync/sync-protocol";
import { sha256 } from "../journal/hash.ts";

/** An adapter with its configuration: what turns the bytes of a source into transactions. */
export interface Reader {
  readonly adapter: string;
  /** `name@version`, as captures name it. */
  readonly label: string;
  readonly config: unknown;
  /** The same for the same adapter, version and configuration: whether a content was read so before. */
  readonly fingerprint: Uint8Array;
  /** A copy with card numbers masked; same length. */
  readonly mask: (bytes: Uint8Array) => Uint8Array;
  readonly open: (resume?: Checkpoint) => ParseSession;
}

/** What stands for people. */
export interface Pseudonymiser {
  readonly pseudonymise: (kind: "member" | "customer" | "operator", value: string) => Pseudonym;
  /** Takes the key that is in force now; called when a source is opened, so that one pass has one key. */
  readonly refresh: () => void;
}

/** Makes readers; kept, because the adapters are only loaded when something is to be read. */
export type OpenReader = (adapter: string, config: unknown) => Promise<Reader>;

/**
 * How readers are made. They throw `adapter.unknown`, listing the names there are, and `adapter.config-invalid`, naming
 * the field.
 */
export function readerFactory(people: Pseudonymiser): OpenReader {
  const context: AdapterContext = { pseudonymise: people.pseudonymise };
  return async (name, config) => {
    const { findAdapter, maskCardNumbersInBytes, readAdapterConfig } = await import("@tillsync/pos-adapters");
    const adapter: Adapter<unknown> = findAdapter(name);
    const parsed = readAdapterConfig(adapter, config);
    const label = `${adapter.manifest.name}@${adapter.manifest.version}`;
    return {
      adapter: name,
      label,
      config: config ?? {},
      fingerprint: sha256(`${label}\n${JSON.stringify(config ?? {})}`),
      mask: (bytes) => maskCardNumbersInBytes(bytes).bytes,
      open: (resume) => {
        people.refresh();
        return adapter.open(parsed, context, resume);
      },
    };
  };
}
