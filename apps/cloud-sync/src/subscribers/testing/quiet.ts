import type { BackgroundLog } from "../ports.ts";

/** Keeps what was logged, for tests that ask. */
export function recordingLog(): BackgroundLog & { readonly lines: { level: string; message: string; detail: object }[] } {
  const lines: { level: string; message: string; detail: object }[] = [];
  const at = (level: string) => (detail: object, message: string) => {
    lines.push({ level, message, detail });
  };
  return { lines, info: at("info"), warn: at("warn"), error: at("error") };
}
