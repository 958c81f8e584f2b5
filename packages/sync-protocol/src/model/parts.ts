import { z } from "zod";
import { TEXT_MAX } from "../limits.ts";

/** An id of the POS: store, workstation, item, promotion. Any printable text, since POS systems put anything there. */
export const posIdSchema = z.string().min(1).max(100);
/** Free text of the POS, cut to `TEXT_MAX` by the adapter. */
export const textSchema = z.string().max(TEXT_MAX);
/** A keyed hash of a personal identifier (member, operator's name): 22 base64url digits. The plain value is never kept. */
export const pseudonymSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{22}$/, "22 base64url digits")
  .brand<"Pseudonym">();
export type Pseudonym = z.infer<typeof pseudonymSchema>;
