import { z } from "zod";
import { hlcSchema } from "../../clock/hlc.ts";
import { memberChangeSchema } from "../../model/member-change.ts";
import { posIdSchema } from "../../model/parts.ts";

/** A sealed profile is a compact JWE of some hundred bytes; past this it is a document, not a name. */
export const SEALED_CHARS_MAX = 4_096;

/** Compact JWE (RFC 7516): five base64url parts. Only who holds the retailer's key can read it; the cloud and a till cannot. */
export const sealedSchema = z
  .string()
  .max(SEALED_CHARS_MAX)
  .regex(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/, "a compact JWE");

/**
 * A member as a till may know one: `id` is the pseudonym; there is no field for a name, an address or a number. Each
 * field with a stamp was last changed then; merging takes the later of each (`folds/member-profile.ts`).
 */
export const memberFields = {
  programme: posIdSchema.optional(),
  tier: memberChangeSchema.shape.tier,
  customerGroup: posIdSchema.optional(),
  /** As the cloud knows it. What may be spent offline is a quota, never this figure. */
  points: z.number().int().min(Number.MIN_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER).optional(),
  consents: memberChangeSchema.shape.consents,
  attributes: memberChangeSchema.shape.attributes,
  state: z.enum(["active", "left"]).default("active"),
  /** Personal data for those who may open it. */
  sealed: sealedSchema.optional(),
  /** Last change of each field, by name: `tier`, `consents.email`, `attributes.language`. */
  stamps: z.record(z.string().max(60), hlcSchema).optional(),
} as const;
