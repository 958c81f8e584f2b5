import type { ErrorTexts } from "./error-text.ts";
import { line } from "./de/line.ts";
import { machine } from "./de/machine.ts";
import { sales } from "./de/sales.ts";

/** The catalogue in German: what it means, and what to do next. Commands stay as they are typed. */
export const de: ErrorTexts = { ...machine, ...sales, ...line };
