import type { BackgroundLog, BackgroundPorts } from "../ports.ts";

/** Time that stands still unless someone sleeps: a sleep moves it on and ends at once. */
export function steppedPorts(startMs = 1_000_000): BackgroundPorts & { advance(ms: number): void } {
  let nowMs = startMs;
  return {
    nowMs: () => nowMs,
    random: () => 0.5,
    sleep: async (ms) => {
      nowMs += ms;
      await new Promise((resolve) => setImmediate(resolve));
    },
    advance: (ms) => {
      nowMs += ms;
    },
  };
}

/** Keeps what was logged, for tests that ask. */
export function recordingLog(): BackgroundLog & { readonly lines: { level: string; message: string; detail: object }[] } {
  const lines: { level: string; message: string; detail: object }[] = [];
  const at = (level: string) => (detail: object, message: string) => {
    lines.push({ level, message, detail });
  };
  return { lines, info: at("info"), warn: at("warn"), error: at("error") };
}
