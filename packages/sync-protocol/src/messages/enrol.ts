import { z } from "zod";
import { base64UrlSchema, epochSchema, storeIdSchema, terminalIdSchema } from "../ids.ts";

/** A public key as JWK, with nothing private in it. */
export const identityKeySchema = z.strictObject({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: base64UrlSchema.length(43),
  y: base64UrlSchema.length(43),
});
export const journalKeySchema = z.strictObject({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: base64UrlSchema.length(43) });
export type IdentityKey = z.infer<typeof identityKeySchema>;
export type JournalKey = z.infer<typeof journalKeySchema>;

/** `XXXX-XXXX-XXXX`, of Crockford's alphabet without I, L, O and U: 60 bits, easy to read out. */
export const enrolCodeSchema = z
  .string()
  .transform((text) => text.trim().toUpperCase().replaceAll(/[\s-]/g, "").replaceAll("O", "0").replaceAll(/[IL]/g, "1"))
  .pipe(z.string().regex(/^[0-9A-HJKMNP-TV-Z]{12}$/, "12 letters and digits"));

/**
 * `POST /v1/enrol`: redeems a one-time code. Both keys were made on the terminal. A repeat with the same code and the
 * same keys gets the same answer, so that a lost answer does not strand a terminal; other keys get `enrol.code-used`.
 */
export const enrolRequestSchema = z.strictObject({
  code: enrolCodeSchema,
  identityKey: identityKeySchema,
  journalKey: journalKeySchema,
  agentVersion: z.string().max(40),
});
export type EnrolRequest = z.infer<typeof enrolRequestSchema>;

export const enrolResponseSchema = z.strictObject({
  terminal: terminalIdSchema,
  store: storeIdSchema,
  /** What the terminal names as the audience of its proofs. */
  audience: z.string().min(1).max(500),
  /** The first epoch that this key may write: past every epoch of an earlier key of the same terminal. */
  firstEpoch: epochSchema,
  /** Retailer-wide secret of the keyed hashes for members and operators, base64url of 32 bytes. */
  pseudonymKey: base64UrlSchema.length(43),
  serverTimeMs: z.number().int(),
});
export type EnrolResponse = z.infer<typeof enrolResponseSchema>;
