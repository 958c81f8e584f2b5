import { TillsyncError } from "@tillsync/sync-protocol";
import { openEnvelope, parseEnvelope, ROOT_TYPE } from "./envelope.ts";
import { rootSchema, type Root } from "./root.ts";

/** Years of yearly rotations; a terminal that slept longer is set up anew. */
export const ROOTS_MAX = 64;

/** The root that a package brings is trusted as it is: the package is. Its shape is not. Throws `update.malformed`. */
export function readFirstRoot(bytes: Uint8Array): Root {
  const { payload } = parseEnvelope(bytes);
  const { data, error } = rootSchema.safeParse(parseJson(Buffer.from(payload, "base64").toString("utf8")));
  if (data === undefined) throw new TillsyncError("update.malformed", `root: ${error?.issues[0]?.message ?? "no JSON"}`);
  return data;
}

/**
 * Goes from a trusted root to the next: signed by enough keys of the old one and enough of its own, and one version
 * further. Its date is of no interest here: only the last of a chain must be in force. Throws `update.*`.
 */
export function followRoot(trusted: Root, bytes: Uint8Array): Root {
  const { roles: own } = openEnvelope(bytes, ROOT_TYPE, rootSchema, [trusted.roles.root]);
  const next = openEnvelope(bytes, ROOT_TYPE, rootSchema, [trusted.roles.root, own.root]);
  if (next.version !== trusted.version + 1)
    throw new TillsyncError("update.rollback", `root ${next.version} does not follow root ${trusted.version}`);
  return next;
}

/** The end of a chain of roots; those up to the trusted one's version are passed over. Throws `update.*`. */
export function followRoots(trusted: Root, chain: readonly Uint8Array[]): Root {
  if (chain.length > ROOTS_MAX) throw new TillsyncError("update.malformed", `more than ${ROOTS_MAX} roots`);
  let root = trusted;
  for (const bytes of chain) if (claimedVersion(bytes) > root.version) root = followRoot(root, bytes);
  return root;
}

/** Unproven: only good for skipping what is known already. */
function claimedVersion(bytes: Uint8Array): number {
  const { payload } = parseEnvelope(bytes);
  const { data } = rootSchema.safeParse(parseJson(Buffer.from(payload, "base64").toString("utf8")));
  if (data === undefined) throw new TillsyncError("update.malformed", "root");
  return data.version;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
