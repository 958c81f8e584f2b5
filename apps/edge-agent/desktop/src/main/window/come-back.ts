const FIRST_MS = 1_000;
const PAUSE_MAX_MS = 60_000;
/** A page that stood so long has recovered: its next fall is a first one again. */
export const STOOD_MS = 300_000;

export interface ComeBackPorts {
  readonly steadyMs: () => number;
  /** 0 up to 1. */
  readonly random: () => number;
  readonly after: (ms: number, then: () => void) => () => void;
  readonly load: () => void;
}

/**
 * Brings a page back after its process has died: after a second, then twice as long with each fall, a minute at most, with
 * jitter. Falls while one return is due already count as one. `stop` calls off what is due.
 */
export function comeBack({ steadyMs, random, after, load }: ComeBackPorts): { readonly fallen: () => void; readonly stop: () => void } {
  let falls = 0;
  let lastLoadMs = Number.NEGATIVE_INFINITY;
  let callOff: (() => void) | undefined;
  return {
    fallen: () => {
      if (callOff !== undefined) return;
      if (steadyMs() - lastLoadMs >= STOOD_MS) falls = 0;
      const pause = Math.min(FIRST_MS * 2 ** falls, PAUSE_MAX_MS) * (0.75 + random() / 4);
      falls += 1;
      callOff = after(pause, () => {
        callOff = undefined;
        lastLoadMs = steadyMs();
        load();
      });
    },
    stop: () => {
      callOff?.();
      callOff = undefined;
    },
  };
}
