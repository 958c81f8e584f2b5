import { z } from "zod";

/** A person who steps away for longer asks again: a till that nobody reads must not be forgotten. */
export const PAUSE_MAX_MS = 8 * 3_600_000;
export const REASON_CHARS_MAX = 200;
export const NOTE_CHARS_MAX = 500;
export const SET_ASIDE_IDS_MAX = 1_000;
export const HISTORY_ROWS_MAX = 200;
/** A bundle goes through the control socket in one frame and by mail to a person. */
export const BUNDLE_BYTES_MAX = 8 * 1024 * 1024;

/** What happened to the line and to the agent, the latest first. */
export const lineEvents = ["started", "stopped", "died", "online", "offline", "blocked", "not-enrolled", "clock", "woke"] as const;
export const lineHistoryRowSchema = z.object({
  n: z.number().int(),
  atMs: z.number().int(),
  event: z.enum(lineEvents),
  code: z.string().nullable(),
  /** How long it stayed so; null: it still does. */
  lastedMs: z.number().int().nullable(),
});
export type LineHistoryRow = z.infer<typeof lineHistoryRowSchema>;
export const lineHistoryAnswerSchema = z.object({ rows: z.array(lineHistoryRowSchema).max(HISTORY_ROWS_MAX), more: z.boolean() });
export type LineHistoryAnswer = z.infer<typeof lineHistoryAnswerSchema>;

export const checkSchema = z.object({
  name: z.string(),
  state: z.enum(["ok", "warning", "failed"]),
  code: z.string().nullable(),
  detail: z.string().nullable(),
  nextStep: z.string().nullable(),
});
export const doctorAnswerSchema = z.object({ ok: z.boolean(), checks: z.array(checkSchema) });
export type DoctorAnswer = z.infer<typeof doctorAnswerSchema>;

/** A zip archive for whoever helps: no secrets, no personal data, no receipts. */
export const bundleAnswerSchema = z.object({ fileName: z.string(), base64: z.base64() });
export type BundleAnswer = z.infer<typeof bundleAnswerSchema>;
