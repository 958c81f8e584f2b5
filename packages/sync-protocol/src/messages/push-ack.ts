import { z } from "zod";
import { epochSchema } from "../ids.ts";
import { headSchema } from "../journal/head.ts";
import { VERDICTS_MAX } from "../limits.ts";
import { verdictSchema } from "./verdict.ts";

/**
 * Answer to a batch, sent after the commit. `head` is the cloud's head of that journal now.
 * `stored`: all entries are durable. `duplicate`: they were before. `gap`: entries before the batch are missing, send
 * from `head`. `fork`: the cloud holds other entries at these numbers; go on in an epoch past `maxEpoch`.
 */
export const pushAckSchema = z.strictObject({
  outcome: z.enum(["stored", "duplicate", "gap", "fork"]),
  head: headSchema,
  maxEpoch: epochSchema,
  serverTimeMs: z.number().int(),
  verdicts: z.array(verdictSchema).max(VERDICTS_MAX),
  verdictsMore: z.boolean(),
});
export type PushAck = z.infer<typeof pushAckSchema>;
