/** Name of a destination's cursors among the subscribers'. Its positions are those of the transaction log. */
export const destinationCursor = (key: string): string => `destination:${key}`;

/** Topic that wakes dispatchers after a command changed a destination or a delivery. */
export const DESTINATIONS_TOPIC = "destinations";

/** Names of a destination's running totals. */
export const deliveredTotal = (key: string): string => `delivered:${key}`;
export const skippedTotal = (key: string): string => `skipped:${key}`;

/** The key of the nth destination of a name. Names hold no tilde, so that no name is ever another's key. */
export const destinationKey = (name: string, nth: number): string => (nth === 1 ? name : `${name}~${nth}`);

/** What people call the destination of a key. */
export const nameOfKey = (key: string): string => key.split("~", 1)[0] ?? key;
