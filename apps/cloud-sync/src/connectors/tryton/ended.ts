import type { LookUpResult, SendResult } from "../connector.ts";

/** What any step may end an item with, whether it is being sent or looked up. */
export type Ending = Extract<
  SendResult & LookUpResult,
  { kind: "nothing" | "theirs" | "rejected" | "set-up" | "uncertain" | "mapping-missing" | "foreign" }
>;

/**
 * Ends an item in the middle of its steps; thrown so that the steps read one after the other, and turned into a result
 * where the session hands it back. Never leaves the connector.
 */
export class Ended extends Error {
  readonly ending: Ending;
  constructor(ending: Ending) {
    super(ending.kind);
    this.ending = ending;
  }
}

/** Runs steps to their result, or to what ended them. */
export async function untilEnded<T>(steps: () => Promise<T>): Promise<T | Ending> {
  try {
    return await steps();
  } catch (error) {
    if (error instanceof Ended) return error.ending;
    throw error;
  }
}
