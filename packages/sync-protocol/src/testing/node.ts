/**
 * The package's code has no view of Node, and lint keeps it so; its tests need two things of it and reach them here.
 */
const { createHash, createPublicKey, verify } = process.getBuiltinModule("node:crypto");
const fs = process.getBuiltinModule("node:fs");

/** SHA-256 as the hosts give it to the package. */
export const sha256Pair = (left: Uint8Array, right: Uint8Array): Uint8Array =>
  new Uint8Array(createHash("sha256").update(left).update(right).digest());

export const sha256Hex = (text: string): string => createHash("sha256").update(text).digest("hex");

export const readBytes = (file: string): Uint8Array => new Uint8Array(fs.readFileSync(new URL(file, new URL("../", import.meta.url))));
export const readText = (file: string): string => new TextDecoder().decode(readBytes(file));
export const listFolder = (folder: string): string[] => fs.readdirSync(new URL(folder, new URL("../", import.meta.url))).toSorted();

/** Checks an Ed25519 signature (base64url) under a public key given as the `x` of its JWK. */
export function verifyEd25519(x: string, message: Uint8Array, signature: string): boolean {
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  return verify(null, message, key, new Uint8Array(Buffer.from(signature, "base64url")));
}
