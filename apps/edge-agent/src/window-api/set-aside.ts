import { z } from "zod";

/** One thing that needs a person. Negative ids are the cloud's. */
export const setAsideRowSchema = z.object({
  id: z.number().int(),
  origin: z.enum(["here", "cloud"]),
  state: z.enum(["open", "resolved"]),
  at: z.string(),
  code: z.string(),
  detail: z.string().nullable(),
  source: z.string().nullable(),
  adapter: z.string().nullable(),
  name: z.string().nullable(),
  /** Byte offsets in the source. */
  range: z.tuple([z.number(), z.number()]).readonly().nullable(),
  bytes: z.number().int(),
  /** How often the same bytes came with the same fault. */
  times: z.number().int(),
  /** The journal entry that the cloud speaks of. */
  entry: z.object({ epoch: z.number().int(), seq: z.number().int() }).nullable(),
  /** When staff handed it to IT, and under which support number; it counts no longer as theirs then. */
  handedToIt: z.object({ atMs: z.number().int(), supportNumber: z.string() }).nullable(),
});
export type SetAsideRow = z.infer<typeof setAsideRowSchema>;

export const setAsideFullSchema = setAsideRowSchema.extend({
  /** What is kept, as text where it is UTF-8; card numbers are masked. */
  text: z.string().nullable(),
  base64: z.string().nullable(),
  /** More than is kept: the rest is in the source, at `range`. */
  cut: z.boolean(),
});
export type SetAsideFull = z.infer<typeof setAsideFullSchema>;

/** What another try of what was set aside has come to. */
export const retryAnswerSchema = z.object({
  ok: z.boolean(),
  items: z.array(
    z.object({
      id: z.number().int(),
      state: z.enum(["resolved", "open"]),
      transactions: z.number().int(),
      code: z.string().nullable(),
      detail: z.string().nullable(),
    }),
  ),
});
export type RetryAnswer = z.infer<typeof retryAnswerSchema>;
/** What staff read out to IT. `sent`: head office has it already; false: it goes as soon as the line is there. */
export const handedAnswerSchema = z.object({ supportNumber: z.string(), handed: z.number().int(), sent: z.boolean() });
export type HandedAnswer = z.infer<typeof handedAnswerSchema>;
