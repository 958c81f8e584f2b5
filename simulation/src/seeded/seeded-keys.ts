import { createECDH, createPrivateKey } from "node:crypto";
import { join } from "node:path";
import { loadOrCreateKeys, type TerminalKeys } from "../../../apps/edge-agent/src/keys/key-files.ts";
import { createPrivateFile, makePrivateFolder } from "../../../apps/edge-agent/src/keys/private-file.ts";
import type { Chance } from "./chance.ts";

/** PKCS #8 of an Ed25519 private key, up to its 32 bytes. */
const ED25519_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");

/** The keys of a terminal, of the seed's making: hashes and heads are then the same in every run. Found and read as the agent does. */
export function makeSeededKeys(dir: string, chance: Chance): TerminalKeys {
  makePrivateFolder(dir);
  makePrivateFolder(join(dir, "keys"));
  const pkcs8 = Buffer.concat([ED25519_PREFIX, chance.bytes(32)]);
  const journal = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" }).export({ format: "jwk" });
  createPrivateFile(join(dir, "keys", "journal.jwk"), JSON.stringify(journal));
  const curve = createECDH("prime256v1");
  // Below the order of the curve whatever the rest is.
  const secret = Buffer.concat([Buffer.from([1]), chance.bytes(31)]);
  curve.setPrivateKey(secret);
  const point = curve.getPublicKey();
  const identity = {
    kty: "EC",
    crv: "P-256",
    x: point.subarray(1, 33).toString("base64url"),
    y: point.subarray(33, 65).toString("base64url"),
    d: secret.toString("base64url"),
  };
  createPrivateFile(join(dir, "keys", "identity.jwk"), JSON.stringify(identity));
  return loadOrCreateKeys(dir);
}
