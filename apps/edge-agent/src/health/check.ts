import { ERROR_CODES, TillsyncError, type ErrorCode } from "@tillsync/sync-protocol";

/** One thing that `doctor` looked at. What is not `ok` names a code of the catalogue and what to do. */
export interface Check {
  readonly name: string;
  readonly state: "ok" | "warning" | "failed";
  readonly code: ErrorCode | null;
  readonly detail: string | null;
  readonly nextStep: string | null;
}

export const passed = (name: string, detail?: string): Check => ({ name, state: "ok", code: null, detail: detail ?? null, nextStep: null });

export const found = (name: string, state: "warning" | "failed", code: ErrorCode, detail?: string): Check => ({
  name,
  state,
  code,
  detail: detail ?? null,
  nextStep: ERROR_CODES[code].nextStep,
});

/** A check that throws has failed with the code of what it threw; the others go on. */
export function attempt(name: string, look: () => Check): Check {
  try {
    return look();
  } catch (cause) {
    if (cause instanceof TillsyncError) return found(name, "failed", cause.code, cause.detail);
    return found(name, "failed", "internal.unexpected", cause instanceof Error ? cause.message : undefined);
  }
}
