/*
 * Makes three signing keys and the first root, which two of them sign and two of them must sign every release with:
 *   node --conditions=tillsync-source scripts/release/make-keys.ts FOLDER [--keys 3] [--threshold 2] [--years 5]
 * FOLDER/key-N.pem go to three people, on three media; FOLDER/1.root.json goes to the place of the updates, and as
 * release-root.json into every package.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Root } from "../../apps/edge-agent/src/updates/trust/root.ts";
import { publicName } from "../../apps/edge-agent/src/updates/trust/sign-envelope.ts";
import { makeKeyFile } from "./key-files.ts";
import { signRoot } from "./sign-documents.ts";

const YEAR_MS = 366 * 86_400_000;

/** Makes the keys and writes the root. Returns the root's file. Throws where a file of that name exists. */
export function makeKeys(folder: string, options: { keys: number; threshold: number; expires: Date }): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const keys = Array.from({ length: options.keys }, (_, i) => makeKeyFile(join(folder, `key-${i + 1}.pem`)));
  const role = { keys: keys.map(publicName), threshold: options.threshold };
  const root: Root = { version: 1, expires: options.expires.toISOString(), roles: { root: role, release: role } };
  const path = join(folder, "1.root.json");
  writeFileSync(path, signRoot(root, keys), { flag: "wx" });
  return path;
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      keys: { type: "string", default: "3" },
      threshold: { type: "string", default: "2" },
      years: { type: "string", default: "5" },
    },
  });
  const [folder] = positionals;
  if (folder === undefined) throw new Error("name a folder for the keys");
  const expires = new Date(Date.now() + Number(values.years) * YEAR_MS);
  process.stdout.write(`${makeKeys(folder, { keys: Number(values.keys), threshold: Number(values.threshold), expires })}\n`);
}
