import { ERROR_CODES, type ErrorCode } from "@tillsync/sync-protocol";
import { z } from "zod";

const where = { epoch: z.number().int(), seq: z.number().int() };

/** What became of one row of a request; the row is counted from 1, empty lines left out. */
export const rowResultSchema = z.discriminatedUnion("result", [
  /** New: it is in the journal, on disk. `identity` names the receipt everywhere. */
  z.strictObject({ row: z.number(), result: z.literal("captured"), identity: z.string(), revision: z.literal(1), ...where }),
  /** The receipt was known with other content: both are kept, this one counts. */
  z.strictObject({ row: z.number(), result: z.literal("revision"), identity: z.string(), revision: z.number().int(), ...where }),
  /**
   * It was there before; nothing was written. Revision and place are those of the content that counts: with `superseded`
   * that is a later one than what was sent.
   */
  z.strictObject({
    row: z.number(),
    result: z.literal("repeated"),
    identity: z.string(),
    revision: z.number().int(),
    superseded: z.literal(true).optional(),
    ...where,
  }),
  /** It is no transaction that can be taken. Its bytes are kept, card numbers masked, for a person or a retry. */
  z.strictObject({
    row: z.number(),
    result: z.literal("set-aside"),
    code: z.string(),
    message: z.string(),
    detail: z.string().optional(),
    nextStep: z.string(),
  }),
]);
export type RowResult = z.infer<typeof rowResultSchema>;

export function setAsideResult(row: number, code: string, detail: string | undefined): RowResult {
  const { meaning, nextStep } = ERROR_CODES[code as ErrorCode];
  return { row, result: "set-aside", code, message: meaning, ...(detail === undefined ? {} : { detail }), nextStep };
}

/** Answer of `POST /v1/transactions`. */
export const captureAnswerSchema = z.strictObject({
  /** True: every row is in the journal. False: some are set aside; see their codes. */
  allCaptured: z.boolean(),
  results: z.array(rowResultSchema),
});
export type CaptureAnswer = z.infer<typeof captureAnswerSchema>;
