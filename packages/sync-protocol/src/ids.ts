import { z } from "zod";

/** Letters, digits and `. _ -`, no leading punctuation: safe in a path, a URL, a log line and a file name. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** One device with an agent, named by the retailer when its enrolment code is made. Unique in one cloud. */
export const terminalIdSchema = z.string().regex(NAME, "1 to 64 of A-Z a-z 0-9 . _ -").brand<"TerminalId">();
export type TerminalId = z.infer<typeof terminalIdSchema>;

/** A store of the retailer as the cloud knows it. The POS's own store number lives in the transaction's identity. */
export const storeIdSchema = z.string().regex(NAME, "1 to 64 of A-Z a-z 0-9 . _ -").brand<"StoreId">();
export type StoreId = z.infer<typeof storeIdSchema>;

/** One life of a terminal's journal, counted from 1. A restored or cloned disk moves on to a higher one. */
export const epochSchema = z.number().int().min(1).max(1_000_000).brand<"Epoch">();
export type Epoch = z.infer<typeof epochSchema>;

/** Position of an entry in its journal: dense, from 1. Zero stands for "nothing yet" in heads and acknowledgements. */
export const seqSchema = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).brand<"Seq">();
export type Seq = z.infer<typeof seqSchema>;

/** SHA-256 as 64 lower-case hex digits. */
export const hashHexSchema = z
  .string()
  .regex(/^[0-9a-f]{64}$/, "64 lower-case hex digits")
  .brand<"HashHex">();
export type HashHex = z.infer<typeof hashHexSchema>;

/** base64url without padding. */
export const base64UrlSchema = z.string().regex(/^[A-Za-z0-9_-]+$/, "base64url without padding");

export const terminalId = (text: string): TerminalId => terminalIdSchema.parse(text);
export const storeId = (text: string): StoreId => storeIdSchema.parse(text);
export const epoch = (n: number): Epoch => epochSchema.parse(n);
export const seq = (n: number): Seq => seqSchema.parse(n);
export const hashHex = (text: string): HashHex => hashHexSchema.parse(text);
