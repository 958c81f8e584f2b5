import { z } from "zod";

/** One setting as JSON text. Settings are small; files are no settings. */
export const CONFIGURATION_BYTES_MAX = 64 * 1024;

/** A setting of terminals: `id` is its name, such as `quotas` or `receipt.footer`. Who reads it knows its shape. */
export const configurationFields = {
  value: z.json().refine((value) => new TextEncoder().encode(JSON.stringify(value)).length <= CONFIGURATION_BYTES_MAX, "too large"),
} as const;
