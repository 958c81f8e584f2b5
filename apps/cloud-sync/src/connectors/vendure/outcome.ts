import type { SendResult } from "../connector.ts";
import type { Asked } from "./ask.ts";
import type { Refusal } from "./operations.ts";

/** How an item ends without having been delivered. */
export type Ended = Exclude<SendResult, { kind: "delivered" | "nothing" }>;

/**
 * What came of a step. `again`: someone else moved the order meanwhile, such as an earlier attempt of ours that was still
 * at work in Vendure: what stands there now must be read anew.
 */
export type Outcome<Value> =
  | { readonly kind: "done"; readonly value: Value }
  | { readonly kind: "again"; readonly why: string }
  | { readonly kind: "ended"; readonly result: Ended };

export const done = <Value>(value: Value): Outcome<Value> => ({ kind: "done", value });
export const again = (why: string): Outcome<never> => ({ kind: "again", why });
export const ended = (result: Ended): Outcome<never> => ({ kind: "ended", result });
export const rejected = (detail: string): Outcome<never> => ended({ kind: "rejected", detail });

/** An answer's data; what is none ends the item or has it read anew. */
export function dataOf<Data>(asked: Asked<Data>): Outcome<Data> {
  if (asked.kind === "data") return done(asked.data);
  if (asked.kind === "duplicate") return again("its reference is taken");
  return asked.kind === "refused" ? rejected(asked.detail) : ended(asked);
}

const DETAIL_CHARS_MAX = 200;

export const tell = ({ errorCode, message }: Refusal): string => `${errorCode}: ${message.slice(0, DETAIL_CHARS_MAX)}`;
