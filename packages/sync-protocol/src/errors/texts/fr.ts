import type { ErrorTexts } from "./error-text.ts";
import { line } from "./fr/line.ts";
import { machine } from "./fr/machine.ts";
import { sales } from "./fr/sales.ts";

/** The catalogue in French: what it means, and what to do next. Commands stay as they are typed. */
export const fr: ErrorTexts = { ...machine, ...sales, ...line };
