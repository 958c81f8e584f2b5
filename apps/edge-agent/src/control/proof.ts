import { createHmac, timingSafeEqual } from "node:crypto";

/**
 * Shows the folder's secret without telling it: who listens on a socket or pipe of that name may be somebody else, and
 * so may who calls. Each side mixes in a number that the other has just made.
 */
export const proofOf = (secret: string, side: "agent" | "client", theirNonce: string, ownNonce: string): string =>
  createHmac("sha256", secret).update(`tillsync-control/1\n${side}\n${theirNonce}\n${ownNonce}\n`).digest("base64url");

/** Takes the same time whatever differs. */
export function isSameProof(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
