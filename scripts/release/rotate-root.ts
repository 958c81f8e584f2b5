/*
 * Makes the next root, with other keys. Enough keys of the root before and enough of the new one must sign:
 *   TILLSYNC_ROOT_KEYS=old-1.pem:old-2.pem:new-1.pem:new-2.pem node --conditions=tillsync-source scripts/release/rotate-root.ts \
 *     N.root.json --key PUBLIC --key PUBLIC --key PUBLIC --threshold 2 --out FOLDER
 * PUBLIC is the public key in base64url, as `make-keys.ts` writes it into a root. Publish the new file beside the old one,
 * and never take one away: terminals follow them one by one.
 */
import type { KeyObject } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { rootName } from "../../apps/edge-agent/src/updates/feed/names.ts";
import { followRoot, readFirstRoot } from "../../apps/edge-agent/src/updates/trust/follow-roots.ts";
import type { Root } from "../../apps/edge-agent/src/updates/trust/root.ts";
import { keysOf } from "./key-files.ts";
import { signRoot } from "./sign-documents.ts";

/** Writes the root after the one given. Throws where the signers are not enough for terminals to follow. Returns its file. */
export function rotateRoot(before: Uint8Array, next: Pick<Root, "expires" | "roles">, keys: readonly KeyObject[], out: string): string {
  const trusted = readFirstRoot(before);
  const text = signRoot({ version: trusted.version + 1, ...next }, keys);
  followRoot(trusted, Buffer.from(text));
  const path = join(out, rootName(trusted.version + 1));
  writeFileSync(path, text, { flag: "wx" });
  return path;
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      key: { type: "string", multiple: true, default: [] },
      threshold: { type: "string", default: "2" },
      years: { type: "string", default: "5" },
      out: { type: "string" },
    },
  });
  const [before] = positionals;
  if (before === undefined || values.out === undefined) throw new Error("name the root before and --out FOLDER");
  const role = { keys: values.key, threshold: Number(values.threshold) };
  const expires = new Date(Date.now() + Number(values.years) * 366 * 86_400_000).toISOString();
  const keys = keysOf(process.env, "TILLSYNC_ROOT_KEYS");
  process.stdout.write(`${rotateRoot(readFileSync(before), { expires, roles: { root: role, release: role } }, keys, values.out)}\n`);
}
