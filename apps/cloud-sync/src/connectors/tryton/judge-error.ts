import { z } from "zod";
import { cleanText } from "../../transactions/clean-text.ts";
import type { Ending } from "./ended.ts";

const DETAIL_CHARS_MAX = 300;

/** The database under Tryton gave up a transaction that can be tried again. */
const BUSY = /database (table )?is locked|could not serialize|deadlock|lock timeout|could not obtain lock|server closed the connection/i;

const business = z.tuple([z.enum(["UserError", "UserWarning"]), z.array(z.unknown())]);
const concurrency = z.tuple([z.literal("ConcurrencyException")]).rest(z.unknown());
const programming = z.tuple([z.string()]).rest(z.unknown());

/**
 * Whose fault an error in an answer is. Tryton answers its errors with status 200; by then the call's transaction is
 * rolled back. What we do not know the meaning of is uncertain: it is looked up and tried again, within the usual limits.
 */
export function judgeError(error: unknown): Ending {
  const refused = business.safeParse(error);
  if (refused.success) {
    const [name, args] = refused.data;
    // A warning is [name of the warning, message, description]; an error is [message, description, domain].
    const said = name === "UserError" ? args.slice(0, 2) : args.slice(1, 3);
    return { kind: "rejected", detail: short(`${name}: ${said.filter((part) => typeof part === "string" && part !== "").join(" ")}`) };
  }
  if (concurrency.safeParse(error).success) return { kind: "theirs", detail: "changed by someone else meanwhile" };
  const raised = programming.safeParse(error);
  if (!raised.success) return { kind: "uncertain", detail: "an error of an unknown form" };
  const [message] = raised.data;
  return BUSY.test(message) ? { kind: "theirs", detail: short(message) } : { kind: "uncertain", detail: short(message) };
}

const short = (text: string): string => cleanText(text).slice(0, DETAIL_CHARS_MAX);
