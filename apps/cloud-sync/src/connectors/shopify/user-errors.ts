import { z } from "zod";
import type { SendResult } from "../connector.ts";

/** What Shopify says about a mutation whose content it refuses, at status 200. */
export const userErrorsSchema = z.array(z.object({ field: z.array(z.string()).nullable(), message: z.string() }));

/** As much of the vendor's words as a list of deliveries shows. */
const DETAIL_CHARS = 200;

export const refusalOf = (userErrors: z.infer<typeof userErrorsSchema>): Extract<SendResult, { kind: "rejected" }> => ({
  kind: "rejected",
  detail: userErrors
    .map(({ message }) => message)
    .join("; ")
    .slice(0, DETAIL_CHARS),
});
