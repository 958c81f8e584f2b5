import { createHash } from "node:crypto";
import type { IdentityKey, JournalKey } from "@tillsync/sync-protocol";

/**
 * RFC 7638 thumbprint of a public key: base64url of the SHA-256 over its required members in alphabetic order. It names
 * the key everywhere: `kid` of the device's proofs, and the journal's identity inside its hash chain.
 */
export function thumbprint(key: IdentityKey | JournalKey): string {
  const members = key.kty === "EC" ? { crv: key.crv, kty: key.kty, x: key.x, y: key.y } : { crv: key.crv, kty: key.kty, x: key.x };
  return createHash("sha256").update(JSON.stringify(members)).digest("base64url");
}
