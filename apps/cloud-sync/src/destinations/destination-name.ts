/** Name of a destination's cursors among the subscribers'. Its positions are those of the transaction log. */
export const destinationCursor = (name: string): string => `destination:${name}`;

/** Topic that wakes dispatchers after a command changed a destination or a delivery. */
export const DESTINATIONS_TOPIC = "destinations";

/** Names of a destination's running totals. */
export const deliveredTotal = (name: string): string => `delivered:${name}`;
export const skippedTotal = (name: string): string => `skipped:${name}`;
