import { z } from "zod";
import type { SendResult } from "../connector.ts";

/** What Shopify says about a mutation whose content it refuses, at status 200. */
export const userErrorsSchema = z.array(z.object({ field: z.array(z.string()).nullable(), message: z.string() }));

/** As much of the vendor's words as a list of deliveries shows. */
const DETAIL_CHARS = 200;

/** Neither done nor refused: that proves nothing. */
export const NEITHER = { kind: "uncertain", detail: "an answer without a result and without an error" } as const;

export const refusalOf = (userErrors: z.infer<typeof userErrorsSchema>): Extract<SendResult, { kind: "rejected" | "uncertain" }> => {
  if (userErrors.length === 0) return NEITHER;
  const words = userErrors.map(({ message }) => message).join("; ");
  return { kind: "rejected", detail: words.slice(0, DETAIL_CHARS) };
};
