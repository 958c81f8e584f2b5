import { z } from "zod";

/** A destination's own word on what its receiver takes. */
export const rateSchema = z.strictObject({
  /** Requests a second on average, of everything that uses the same credential. */
  perSecond: z.number().min(0.01).max(10_000),
  /** Requests at once after a silence, at least half a second's worth. Default: a second's worth. */
  burst: z.number().int().min(1).max(10_000).optional(),
});
export type RateRule = z.infer<typeof rateSchema>;
