import { TillsyncError } from "@tillsync/sync-protocol";
import type { Adapter } from "../kit/adapter.ts";
import { canonicalJson } from "./canonical-json/index.ts";
import { delimited } from "./delimited/index.ts";
import { poslog } from "./poslog/index.ts";

/** The adapters that come with Tillsync, by name. Their configuration is read with `readAdapterConfig` before `open`. */
export const ADAPTERS: ReadonlyMap<string, Adapter<unknown>> = new Map(
  [poslog, delimited, canonicalJson].map((adapter): [string, Adapter<unknown>] => [adapter.manifest.name, adapter]),
);

/** The adapter of that name. Throws `adapter.unknown`, listing the names there are. */
export function findAdapter(name: string): Adapter<unknown> {
  const adapter = ADAPTERS.get(name);
  if (adapter === undefined) throw new TillsyncError("adapter.unknown", `there are: ${[...ADAPTERS.keys()].join(", ")}`);
  return adapter;
}
