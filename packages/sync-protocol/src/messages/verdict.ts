import { z } from "zod";
import { epochSchema, seqSchema } from "../ids.ts";

/**
 * What the cloud found when it read an entry that it had stored: set aside with a reason, or taken up after a fix.
 * `n` grows with each of a terminal's verdicts, so that none is missed and none is applied twice; it may leave numbers out.
 */
export const verdictSchema = z.strictObject({
  n: z.number().int().min(1),
  epoch: epochSchema,
  seq: seqSchema,
  kind: z.enum(["set-aside", "taken-up"]),
  /** A code of the catalogue; one that this version does not know is shown as it is. */
  code: z.string().max(60).optional(),
  detail: z.string().max(500).optional(),
});
export type Verdict = z.infer<typeof verdictSchema>;
