import { z } from "zod";
import { epochSchema, seqSchema } from "../ids.ts";
import { supportNumberSchema } from "../support/support-number.ts";

export const SUPPORT_PATHS = {
  /** `POST`, body `supportRequestSchema`, by a terminal. */
  request: "/v1/support-requests",
} as const;

/** Items that one request describes; of more, the number is told. Whoever helps sees the first ones and the pattern. */
export const SUPPORT_ITEMS_MAX = 200;
export const SUPPORT_NOTE_CHARS_MAX = 500;
/** A request with all items at their longest in UTF-8, escaped, and room. */
export const SUPPORT_BYTES_MAX = 1024 * 1024;

const text = z.string().max(300).nullable();

/** What was set aside, described: no bytes of it, no amounts, nobody's name. */
const supportItemSchema = z.strictObject({
  /** Of the terminal's own list; negative: the cloud's verdict. */
  id: z.number().int(),
  origin: z.enum(["here", "cloud"]),
  /** When it was set aside, by the terminal's clock. */
  at: z.iso.datetime(),
  code: z.string().max(100),
  detail: text,
  source: text,
  adapter: text,
  name: text,
  times: z.number().int().min(1),
  entry: z.strictObject({ epoch: epochSchema, seq: seqSchema }).nullable(),
});
export type SupportItem = z.infer<typeof supportItemSchema>;

/** Staff ask for help. The number makes a repeat harmless: what came first under it stays. */
export const supportRequestSchema = z.strictObject({
  number: supportNumberSchema,
  /** By the terminal's clock. */
  atMs: z.number().int(),
  /** What staff wrote; card numbers are masked before it leaves the terminal. */
  note: z.string().max(SUPPORT_NOTE_CHARS_MAX),
  agentVersion: z.string().max(40),
  itemsTotal: z.number().int().min(0),
  items: z.array(supportItemSchema).max(SUPPORT_ITEMS_MAX),
});
export type SupportRequest = z.infer<typeof supportRequestSchema>;

export const supportAnswerSchema = z.strictObject({
  number: supportNumberSchema,
  state: z.enum(["open", "resolved"]),
  serverTimeMs: z.number().int(),
});
export type SupportAnswer = z.infer<typeof supportAnswerSchema>;
