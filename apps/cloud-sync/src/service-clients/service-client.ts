import { storeIdSchema } from "@tillsync/sync-protocol";
import { z } from "zod";

/** What a service client may be allowed. */
export const serviceRights = ["reference:read", "reference:write"] as const;
export type ServiceRight = (typeof serviceRights)[number];

export const serviceNameSchema = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,39}$/, "1 to 40 of a-z 0-9 . _ -, a letter or digit first");
export const serviceRightsSchema = z.array(z.enum(serviceRights)).min(1);
export const serviceStoreSchema = storeIdSchema.optional();

/** A program that proved who it is. Without `store` it speaks for every store. */
export interface ServiceClient {
  readonly name: string;
  readonly may: ReadonlySet<ServiceRight>;
  readonly store?: z.infer<typeof storeIdSchema> | undefined;
}
