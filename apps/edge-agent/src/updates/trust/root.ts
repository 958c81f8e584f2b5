import { createPublicKey } from "node:crypto";
import { z } from "zod";

/** More signers than this is no ceremony but a mistake. */
const KEYS_MAX = 16;

/** An Ed25519 public key: its 32 bytes in base64url. */
const publicKeySchema = z.string().regex(/^[A-Za-z0-9_-]{43}$/, "32 bytes in base64url");

const roleSchema = z
  .strictObject({ keys: z.array(publicKeySchema).min(1).max(KEYS_MAX), threshold: z.number().int().min(1).max(KEYS_MAX) })
  .refine(({ keys }) => new Set(keys).size === keys.length, "a key stands twice")
  .refine(({ keys, threshold }) => threshold <= keys.length, "more signatures are asked for than there are keys");
export type Role = z.infer<typeof roleSchema>;

/**
 * Who may sign what: `root` the next document of this kind, `release` releases. `version` counts up by one. `expires`
 * bounds how long somebody can hold back the next one.
 */
export const rootSchema = z.strictObject({
  version: z.number().int().min(1).max(1_000_000),
  expires: z.iso.datetime({ offset: false }),
  roles: z.strictObject({ root: roleSchema, release: roleSchema }),
});
export type Root = z.infer<typeof rootSchema>;

/** The key object of a public key as documents have it. */
export const publicKeyOf = (key: string) => createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: key }, format: "jwk" });
