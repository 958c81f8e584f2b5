import { adapterConfigOf } from "../config/load-config.ts";
import type { FolderSource } from "../config/config-schema.ts";

/** The adapter configuration in force for a source of this name and adapter; `undefined` where there is none. */
export const configuredSource =
  (dir: string, sources: () => { readonly sources: readonly FolderSource[] }) =>
  (name: string, adapter: string): unknown => {
    const source = sources().sources.find((candidate) => candidate.name === name && candidate.adapter === adapter);
    return source === undefined ? undefined : (adapterConfigOf(dir, source) ?? {});
  };
