/**
 * The time to judge dates by: the cloud's where it is known, else this machine's, and never less than the newest signed
 * time that was seen. A clock in 1970 then expires nothing and revives nothing.
 */
export const rightTimeMs = (wallMs: number, offsetMs: number | null, floorMs: number): number =>
  Math.max(wallMs - (offsetMs ?? 0), floorMs);

/** A clock that shows less than a time that has passed for certain is wrong, and so is every hour of the day it shows. */
export const isClockBelow = (wallMs: number, offsetMs: number | null, floorMs: number): boolean => offsetMs === null && wallMs < floorMs;
