import type { LookUpResult, SendResult } from "./connector.ts";

/** An attempt's step that did not come to its end, in the words of a send's result. */
export type Fault = Extract<SendResult, { kind: "theirs" | "set-up" | "uncertain" | "rejected" | "foreign" | "cause-missing" }>;

/** What a step of a connector found or did, or why it could not. */
export type Outcome<T> = { readonly kind: "ok"; readonly value: T } | Fault;

/** A fault as a look-up's answer: where what an item is about is not there, nothing of the item is either. */
export const asLookUp = (fault: Fault): LookUpResult => (fault.kind === "cause-missing" ? { kind: "absent" } : fault);
