import { TillsyncError } from "@tillsync/sync-protocol";
import type { DoorClients } from "./door-clients.ts";
import type { DoorDeadlines } from "./limits.ts";
import type { Handlers } from "./methods.ts";

/**
 * A way in to the agent from its own machine. The owner's stands in the data folder and takes every method; the staff's
 * stands in a folder of its own, lets in the group that the folder has, and takes what a window may ask.
 */
export type DoorKind = "owner" | "staff";

/** Rights of the files of a door: a socket to speak through, and the secret that each side proves to know. */
export const DOOR_MODES: Readonly<Record<DoorKind, { readonly socket: number; readonly secret: number }>> = {
  owner: { socket: 0o600, secret: 0o600 },
  staff: { socket: 0o660, secret: 0o640 },
};

/** What one door's connections share. */
export interface Door {
  readonly kind: DoorKind;
  readonly secret: string;
  readonly handlers: Handlers;
  readonly clients: DoorClients;
  readonly deadlines: DoorDeadlines;
  /** Told of failures that are bugs; the client gets `internal.unexpected`. */
  readonly onError: (error: unknown) => void;
}

/** What a client is told of a failure; the log is told of those that are ours. */
export function failureOf(cause: unknown, door: Pick<Door, "onError">): object {
  if (cause instanceof TillsyncError) return cause.toJSON();
  door.onError(cause);
  return new TillsyncError("internal.unexpected").toJSON();
}
