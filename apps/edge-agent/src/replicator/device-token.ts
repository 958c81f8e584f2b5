import { randomUUID } from "node:crypto";
import type { IdentityKey, TerminalId } from "@tillsync/sync-protocol";
import type { TerminalKey } from "../keys/key-files.ts";
import { TOKEN_LIFE_S } from "./limits.ts";

export interface DeviceTokenOptions {
  readonly terminal: TerminalId;
  readonly audience: string;
  readonly identity: TerminalKey<IdentityKey>;
  /** The cloud's time, not this machine's: a till whose clock is a year off still proves who it is. */
  readonly cloudNowMs: () => number;
}

/**
 * A fresh proof of identity for one request: a JWT signed with the identity key (ES256), valid for two minutes of the
 * cloud's time, with a `jti` that is never used twice.
 */
export function deviceToken(options: DeviceTokenOptions): () => Promise<string> {
  const { terminal, audience, identity, cloudNowMs } = options;
  return async () => {
    const { SignJWT } = await import("jose/jwt/sign");
    const now = Math.floor(cloudNowMs() / 1_000);
    return new SignJWT({ iss: terminal, sub: terminal, aud: audience, iat: now, exp: now + TOKEN_LIFE_S, jti: randomUUID() })
      .setProtectedHeader({ alg: "ES256", typ: "tillsync-device+jwt", kid: identity.thumbprint })
      .sign(identity.privateKey);
  };
}
