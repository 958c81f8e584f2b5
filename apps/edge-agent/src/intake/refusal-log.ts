import { ERROR_CODES, type ErrorCode } from "@tillsync/sync-protocol";
import type { SourceLog } from "../sources/source-deps.ts";
import type { IntakeLog } from "./answer-errors.ts";

/** A page or a program that tries without end writes a line a minute, not a disk full. */
const EVERY_MS = 60_000;

/** Logs each kind of refusal once a minute, with how many there were since; failures of ours always. */
export function refusalLog(log: SourceLog, monotonicMs: () => number): IntakeLog {
  const kinds = new Map<ErrorCode, { atMs: number; since: number }>();
  return {
    refused: (code) => {
      const kind = kinds.get(code);
      const nowMs = monotonicMs();
      if (kind !== undefined && nowMs - kind.atMs < EVERY_MS) {
        kind.since += 1;
        return;
      }
      kinds.set(code, { atMs: nowMs, since: 0 });
      log.warn({ code, before: kind?.since ?? 0 }, `a request on the HTTP interface was refused: ${ERROR_CODES[code].meaning}`);
    },
    failed: (error) => log.error({ err: error }, "a request on the HTTP interface failed"),
  };
}
