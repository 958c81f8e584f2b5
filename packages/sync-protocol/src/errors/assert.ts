/** Stops on a broken promise of our own code. For what others send, throw a `TillsyncError`. */
export function assert(condition: unknown, promise: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${promise}`);
}

/** Marks the branch that the compiler has shown to be impossible. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
