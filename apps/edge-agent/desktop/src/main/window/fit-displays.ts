/** A rectangle in the system's own units. */
export interface Bounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** So much of a window must be on a display for a person to see and grasp it. */
const GRASP = 80;

/**
 * Where a window belongs when displays have come or gone: where it is if enough of it can be seen, else in the middle of
 * the first display, no larger than that. Without any display it stays where it is.
 */
export function fitDisplays(window: Bounds, displays: readonly Bounds[]): Bounds {
  const [first] = displays;
  if (first === undefined || displays.some((display) => isGraspable(window, display))) return window;
  const width = Math.min(window.width, first.width);
  const height = Math.min(window.height, first.height);
  return { x: first.x + Math.floor((first.width - width) / 2), y: first.y + Math.floor((first.height - height) / 2), width, height };
}

function isGraspable(window: Bounds, display: Bounds): boolean {
  const across = Math.min(window.x + window.width, display.x + display.width) - Math.max(window.x, display.x);
  const topInside = window.y >= display.y && window.y + GRASP <= display.y + display.height;
  return across >= GRASP && topInside;
}
