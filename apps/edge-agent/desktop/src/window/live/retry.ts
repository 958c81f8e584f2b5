import { pause, type LivePorts } from "./ports.ts";

/** The agent is on this machine: a person who starts it again should not wait for the window. */
export const RETRY_FIRST_MS = 250;
export const RETRY_MOST_MS = 5_000;

/** Wait before attempt `failures + 1`: doubled up to the most, half of it by chance, so that windows do not ask in step. */
export const retryDelayMs = (failures: number, random: () => number): number =>
  Math.min(RETRY_MOST_MS, RETRY_FIRST_MS * 2 ** Math.min(failures, 10)) * (0.5 + random() / 2);

/** The code of what a port rejects with; errors of this page itself have none. */
export const codeOf = (error: unknown): string =>
  typeof error === "object" && error !== null && "code" in error && typeof error.code === "string" ? error.code : "internal.unexpected";

/** Nobody answered, so that nobody knows what became of the request: asking again is all that helps, and it is harmless. */
export const isUnanswered = (error: unknown): boolean => codeOf(error).startsWith("wire.");

interface Retrying {
  readonly ports: Pick<LivePorts, "setTimer" | "random">;
  readonly signal: AbortSignal;
  /** Whether another attempt may help. */
  readonly again: (error: unknown) => boolean;
  readonly onFailure: (error: unknown) => void;
}

/** Asks until there is an answer, with pauses between. Throws what `again` says no to, and the last failure once `signal` aborts. */
export async function askUntilAnswered<T>(ask: () => Promise<T>, { ports, signal, again, onFailure }: Retrying): Promise<T> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await ask();
    } catch (error) {
      if (signal.aborted || !again(error)) throw error;
      onFailure(error);
    }
    await pause(ports, retryDelayMs(failures, ports.random), signal);
    signal.throwIfAborted();
  }
}
