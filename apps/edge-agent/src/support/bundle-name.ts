/** `tillsync-support-till-1-20261122-1430.zip`, in UTC: names of terminals are safe in file names. */
export const bundleName = (terminal: string | undefined, nowMs: number): string =>
  `tillsync-support-${terminal ?? "not-enrolled"}-${new Date(nowMs).toISOString().slice(0, 16).replaceAll(/[-:]/g, "").replace("T", "-")}.zip`;
