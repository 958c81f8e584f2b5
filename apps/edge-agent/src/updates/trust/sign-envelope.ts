import { createPublicKey, sign, type KeyObject } from "node:crypto";
import { signedBytes, type Envelope, type RELEASE_TYPE, type ROOT_TYPE } from "./envelope.ts";

/** The public key of a signing key as documents name it. */
export function publicName(key: KeyObject): string {
  const { x } = createPublicKey(key).export({ format: "jwk" });
  return x ?? "";
}

/** Signs the bytes of a document as they are, with each of the keys. */
export function signEnvelope(type: typeof RELEASE_TYPE | typeof ROOT_TYPE, payload: Uint8Array, keys: readonly KeyObject[]): Envelope {
  const message = signedBytes(type, payload);
  return {
    payloadType: type,
    payload: Buffer.from(payload).toString("base64"),
    signatures: keys.map((key) => ({ keyid: publicName(key), sig: sign(null, message, key).toString("base64") })),
  };
}
