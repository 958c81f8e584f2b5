/** A page that has not moved for so long will not by itself. */
export const STUCK_MS = 15_000;

export interface StuckPorts {
  readonly after: (ms: number, then: () => void) => () => void;
  readonly end: () => void;
}

/** Ends a page's process that has stood still for 15 s; one that moves again is left alone. */
export function endStuck({ after, end }: StuckPorts): { readonly stuck: () => void; readonly moved: () => void } {
  let callOff = (): void => undefined;
  return {
    stuck: () => {
      callOff();
      callOff = after(STUCK_MS, end);
    },
    moved: () => callOff(),
  };
}
