import { createHash } from "node:crypto";

/** Proofs remembered at once: 2,000 terminals with a few each. Past it the oldest is checked again. */
const TOKENS_MAX = 10_000;

/** Remembers which proofs' signatures were found right, with which key, until they end. Bounded; forgetting costs a check. */
export interface VerifiedTokens {
  has(token: string, kid: string, nowMs: number): boolean;
  add(token: string, kid: string, expiresAtMs: number): void;
}

export function createVerifiedTokens(tokensMax = TOKENS_MAX): VerifiedTokens {
  const known = new Map<string, { kid: string; expiresAtMs: number }>();
  const digest = (token: string): string => createHash("sha256").update(token).digest("base64url");
  return {
    has: (token, kid, nowMs) => {
      const found = known.get(digest(token));
      return found !== undefined && found.kid === kid && nowMs < found.expiresAtMs;
    },
    add: (token, kid, expiresAtMs) => {
      for (const oldest of known.keys()) {
        if (known.size < tokensMax) break;
        known.delete(oldest);
      }
      known.set(digest(token), { kid, expiresAtMs });
    },
  };
}
