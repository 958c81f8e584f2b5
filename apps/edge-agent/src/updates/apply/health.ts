import { z } from "zod";

/**
 * What an agent on probation says of itself, through its own door, every few seconds. Any later version must go on
 * writing at least this: it is read by the version before it, so unknown fields are left alone.
 */
export const healthSchema = z.object({
  version: z.string().max(100),
  /** Which install it answers: the time in the outcome that says `installing`. */
  attemptMs: z.number(),
  pid: z.number().int(),
  /** Goes up with each word. */
  beat: z.number().int(),
  /** Sources by name, and whether each was wholly read since the start. */
  sources: z.array(z.object({ name: z.string().max(200), isRead: z.boolean() })).max(1_000),
});
export type Health = z.infer<typeof healthSchema>;
