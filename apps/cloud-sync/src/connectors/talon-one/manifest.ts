import { currencySchema } from "@tillsync/sync-protocol";
import { z } from "zod";
import type { ConnectorManifest } from "../connector.ts";
import { addressShape, isEncryptedOrPrivate, PLAIN_HTTP } from "../http/address.ts";
import { emptyMapping, mappingSchema } from "../mapping/mapping.ts";

export const manifest: ConnectorManifest = {
  kind: "talon-one",
  title: "Talon.One (customer sessions, returns and loyalty programs)",
  // Sessions bear our id, but points have no key at all: the ledger is read before every send.
  repeatability: { by: "lookup-first" },
  capabilities: { categories: ["sales"], lookUp: true, batchItemsMax: 1, needsCause: false },
};

const key = z.string().min(10).max(2_000);

const loyaltySchema = z.strictObject({
  /** Number of the profile-based loyalty program. */
  programId: z.number().int().positive(),
  subledgerId: z.string().min(1).max(64).optional(),
});

/** The connector's own fields of a destination's file. */
export const talonOneConfigSchema = z
  .strictObject({
    ...addressShape,
    /** API key of the application (Integration API). */
    secret: key,
    /** Management API key that may add and deduct points; needed with `loyalty`. */
    managementKey: key.optional(),
    /** The application's currency: sessions bear none, so receipts in another are refused. */
    currency: currencySchema,
    /** Profile of sales without a member; without it their sessions are anonymous. */
    guestProfileId: z.string().min(1).max(200).default(""),
    /** Tells goods that came back as returns of the sale's session, which takes back what campaigns gave for them. */
    returns: z.boolean().default(true),
    /** Posts the points that the POS told. */
    loyalty: loyaltySchema.optional(),
    mapping: mappingSchema.default(emptyMapping),
  })
  .refine(isEncryptedOrPrivate, PLAIN_HTTP)
  .refine(({ loyalty, managementKey }) => loyalty === undefined || managementKey !== undefined, {
    path: ["managementKey"],
    message: "points need a Management API key",
  });
export type TalonOneConfig = z.infer<typeof talonOneConfigSchema>;
