import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Nothing secret is larger: keys, tokens' hashes, the enrolment. */
const FILE_BYTES_MAX = 64 * 1024;
const FILES_MAX = 1_000;
const DEPTH_MAX = 3;
/** Not read: what is in them goes into the bundle through their readers alone. */
const SKIPPED = /^(config\.json|ballast|log|.*\.sqlite.*|.*\.sock)$/;
/** A word of a key, a token or a hash. */
const WORDS = /[A-Za-z0-9_+/-]{20,}/g;

/**
 * Every long word that stands in the folder's private files: control secret, keys, enrolment, hashes of tokens. What is of
 * no use to a thief (names of public keys) is among them: better that a support bundle lacks a name than that it has a key.
 * A file that cannot be read tells nothing, here and there.
 */
export function knownSecrets(dir: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const path of privateFiles(dir, 0).slice(0, FILES_MAX)) for (const word of readText(path).match(WORDS) ?? []) found.add(word);
  return found;
}

function privateFiles(dir: string, depth: number): string[] {
  return attempt(() => readdirSync(dir, { withFileTypes: true }), []).flatMap((entry) => {
    const path = join(dir, entry.name);
    if (SKIPPED.test(entry.name)) return [];
    if (entry.isDirectory()) return depth < DEPTH_MAX ? privateFiles(path, depth + 1) : [];
    return entry.isFile() ? [path] : [];
  });
}

const readText = (path: string): string => attempt(() => (statSync(path).size > FILE_BYTES_MAX ? "" : readFileSync(path, "utf8")), "");

function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
