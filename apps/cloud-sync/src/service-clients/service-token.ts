import { createHash } from "node:crypto";

/**
 * `tillsync_ID_SECRET`: the id finds the row, the secret proves it. The prefix tells it from a device's proof and lets
 * scanners of repositories and logs know what they found.
 */
const SHAPE = /^Bearer +tillsync_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/i;
const ID_BYTES = 8;
const SECRET_BYTES = 32;

export interface ServiceToken {
  readonly id: string;
  readonly secret: string;
}

export function makeServiceToken(randomBytes: (count: number) => Uint8Array): ServiceToken & { readonly token: string } {
  const id = Buffer.from(randomBytes(ID_BYTES)).toString("hex");
  const secret = Buffer.from(randomBytes(SECRET_BYTES)).toString("base64url");
  return { id, secret, token: `tillsync_${id}_${secret}` };
}

/** The token of an `Authorization` header; undefined: it holds none of ours. */
export function readServiceToken(authorization: string | undefined): ServiceToken | undefined {
  const [, id, secret] = SHAPE.exec(authorization ?? "") ?? [];
  return id === undefined || secret === undefined ? undefined : { id: id.toLowerCase(), secret };
}

/** 256 random bits need no slow hash. */
export const hashServiceSecret = (secret: string): Uint8Array =>
  createHash("sha256").update(`tillsync-service-token/1\n${secret}`).digest();
