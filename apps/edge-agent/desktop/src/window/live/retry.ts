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

/** Families of codes with which the agent says that it has not taken what was asked. */
const REFUSALS = ["auth.", "door.", "enrol.", "order.", "reference.", "store."];
/** No agent answers, or none in time: it is asked until it does. */
const ABSENCES = ["agent.", "wire.unreachable", "wire.deadline"];
/** What is neither may be a fault that stays: one step must not keep the others waiting. */
const TRIES_MAX = 4;

const isOneOf = (error: unknown, families: readonly string[]): boolean => families.some((family) => codeOf(error).startsWith(family));

/** The agent has not taken what was asked, for certain. After any other failure nobody knows. */
export const isRefusal = (error: unknown): boolean => isOneOf(error, REFUSALS);

/** Whether what was asked is to be asked again after its `failures`-th failure: it is harmless, since the agent knows it again. */
export const isWorthAsking = (error: unknown, failures: number): boolean =>
  !isRefusal(error) && (isOneOf(error, ABSENCES) || failures < TRIES_MAX);

interface Retrying {
  readonly ports: Pick<LivePorts, "setTimer" | "random">;
  readonly signal: AbortSignal;
  /** Whether another attempt may help after so many failures. */
  readonly again: (error: unknown, failures: number) => boolean;
  readonly onFailure: (error: unknown) => void;
}

/** Asks until there is an answer, with pauses between. Throws what `again` says no to, and the last failure once `signal` aborts. */
export async function askUntilAnswered<T>(ask: () => Promise<T>, { ports, signal, again, onFailure }: Retrying): Promise<T> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await ask();
    } catch (error) {
      if (signal.aborted || !again(error, failures + 1)) throw error;
      onFailure(error);
    }
    await pause(ports, retryDelayMs(failures, ports.random), signal);
    signal.throwIfAborted();
  }
}
