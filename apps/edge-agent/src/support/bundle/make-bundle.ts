import { join } from "node:path";
import { readJsonFile } from "../../config/load-config.ts";
import { loadMask } from "../clean-text.ts";
import { collectBundle, type CollectDeps } from "./collect-bundle.ts";
import { knownSecrets } from "./known-secrets.ts";
import { packBundle } from "./pack-bundle.ts";
import { privateValues } from "./private-values.ts";
import { makeRedact } from "./redact.ts";

export interface MakeDeps extends Omit<CollectDeps, "redact"> {
  /** Names proxies, with their passwords. */
  readonly env: NodeJS.ProcessEnv;
}

/** A zip archive for whoever helps, without secrets, receipts or people. Reads alone; works with and without a running agent. */
export async function makeBundle(dir: string, deps: MakeDeps): Promise<Uint8Array> {
  const secrets = new Set([...knownSecrets(dir), ...privateValues(configOf(dir), deps.env)]);
  const redact = makeRedact(secrets, await loadMask());
  return packBundle(collectBundle(dir, { ...deps, redact }));
}

/** Undefined where it cannot be read: then nothing of it is in the bundle either. */
function configOf(dir: string): unknown {
  try {
    return readJsonFile(join(dir, "config.json"), "optional");
  } catch {
    return undefined;
  }
}
