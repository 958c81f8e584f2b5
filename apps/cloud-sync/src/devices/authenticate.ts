import { TillsyncError, type StoreId, type TerminalId } from "@tillsync/sync-protocol";
import { decodeProtectedHeader, errors, importJWK, jwtVerify, type JWTPayload } from "jose";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import type { VerifiedTokens } from "./verified-tokens.ts";

/** The device that made a request. */
export interface Device {
  readonly terminal: TerminalId;
  readonly store: StoreId;
}

/**
 * Who sent this request? The seam for other schemes: what comes back is all that the rest of the cloud knows of it.
 * Throws `auth.missing`, `auth.invalid`, `auth.clock`, `auth.revoked`.
 */
export interface DeviceAuthenticator {
  authenticate(authorization: string | undefined): Promise<Device>;
}

/** A proof lives five minutes at most; a longer one is not ours. */
const PROOF_LIFE_MAX_S = 300;
/** How far a proof may come from the future: rounding and a little drift between two synchronised clocks. */
const FUTURE_MAX_S = 30;
/** A proof is some 400 bytes; past this it is not looked at. */
const PROOF_CHARS_MAX = 4_096;
const TYPE = "tillsync-device+jwt";

interface DeviceRow {
  terminal_id: TerminalId;
  store_id: StoreId;
  state: "active" | "revoked";
  identity_key: string;
  identity_thumbprint: string;
}

/**
 * Proofs that the device signs itself with its identity key (ES256). The terminal's state and key are read for every
 * request, so that a revocation acts at once; only the signature's check is remembered, for as long as the proof lives.
 */
export function selfSignedAuthenticator(deps: {
  db: Queryable;
  audience: string;
  now: () => number;
  verified: VerifiedTokens;
}): DeviceAuthenticator {
  return {
    authenticate: async (authorization) => {
      const token = readBearer(authorization);
      const { kid, terminal } = readNames(token);
      const device = await findDevice(deps.db, terminal);
      if (device?.identity_thumbprint !== kid) throw new TillsyncError("auth.invalid", "no such device key");
      if (device.state === "revoked") throw new TillsyncError("auth.revoked");
      if (!deps.verified.has(token, kid, deps.now())) {
        const expiresAtMs = await verify(token, device, deps.audience, deps.now());
        deps.verified.add(token, kid, expiresAtMs);
      }
      return { terminal: device.terminal_id, store: device.store_id };
    },
  };
}

function readBearer(authorization: string | undefined): string {
  const token = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
  if (token === undefined) throw new TillsyncError("auth.missing");
  if (token.length > PROOF_CHARS_MAX) throw new TillsyncError("auth.invalid", "proof too long");
  return token;
}

/** What the proof says of itself, to find the key that checks it. */
function readNames(token: string): { kid: string; terminal: string } {
  try {
    const { kid, typ, alg } = decodeProtectedHeader(token);
    const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as JWTPayload | null;
    if (typ === TYPE && alg === "ES256" && kid !== undefined && typeof claims?.iss === "string") return { kid, terminal: claims.iss };
  } catch {
    // Not a token at all: the same answer.
  }
  throw new TillsyncError("auth.invalid", "not a device proof");
}

const findDevice = async (db: Queryable, terminal: string): Promise<DeviceRow | undefined> =>
  (
    await db.query<DeviceRow>(sql`
      SELECT t.terminal_id, t.store_id, t.state, k.identity_key, k.identity_thumbprint
      FROM terminal t JOIN terminal_key k USING (terminal_id)
      WHERE t.terminal_id = ${terminal} ORDER BY k.first_epoch DESC LIMIT 1`)
  )[0];

/** Checks signature and claims at the cloud's time; gives the proof's end. */
async function verify(token: string, device: DeviceRow, audience: string, nowMs: number): Promise<number> {
  try {
    const key = await importJWK({ ...(JSON.parse(device.identity_key) as object), alg: "ES256" });
    const { payload } = await jwtVerify(token, key, {
      algorithms: ["ES256"],
      typ: TYPE,
      issuer: device.terminal_id,
      subject: device.terminal_id,
      audience,
      requiredClaims: ["iat", "exp", "jti"],
      currentDate: new Date(nowMs),
    });
    const { iat = 0, exp = 0 } = payload;
    if (exp - iat > PROOF_LIFE_MAX_S || exp <= iat) throw new TillsyncError("auth.invalid", "proof lives too long");
    if (iat * 1000 > nowMs + FUTURE_MAX_S * 1000) throw new TillsyncError("auth.clock");
    return exp * 1000;
  } catch (error) {
    if (error instanceof TillsyncError) throw error;
    if (error instanceof errors.JWTExpired) throw new TillsyncError("auth.clock");
    if (error instanceof errors.JOSEError) throw new TillsyncError("auth.invalid", error.code, { cause: error });
    throw error;
  }
}
