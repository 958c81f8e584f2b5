import type { Socket } from "node:net";
import { TillsyncError } from "@tillsync/sync-protocol";
import { CLIENTS_MAX, SILENT_MAX, UNREAD_BYTES_MAX, WAITING_MAX } from "./limits.ts";

export interface DoorClients {
  /** A connection is there; the oldest that has said nothing makes room for it. */
  readonly admit: (socket: Socket) => void;
  /** It has shown the secret. Throws `door.busy`. */
  readonly prove: (socket: Socket) => void;
  /** It waits for news. Throws `door.busy`. */
  readonly wait: (socket: Socket) => void;
  /** So many bytes lie ready for it until it is gone. False when there is no room; one answer always has. */
  readonly hold: (socket: Socket, bytes: number) => boolean;
  readonly count: () => { readonly silent: number; readonly clients: number };
  readonly closeAll: () => void;
}

/** Keeps a door's connections within its bounds. */
export function createDoorClients(): DoorClients {
  const silent = new Set<Socket>();
  const clients = new Set<Socket>();
  const waiting = new Set<Socket>();
  let unread = 0;
  return {
    admit: (socket) => {
      silent.add(socket);
      socket.once("close", () => [silent, clients, waiting].forEach((all) => all.delete(socket)));
      if (silent.size <= SILENT_MAX) return;
      const [oldest] = silent;
      if (oldest === undefined) return;
      silent.delete(oldest);
      oldest.destroy();
    },
    prove: (socket) => {
      if (clients.size >= CLIENTS_MAX) throw new TillsyncError("door.busy", "clients");
      silent.delete(socket);
      clients.add(socket);
    },
    wait: (socket) => {
      if (waiting.size >= WAITING_MAX) throw new TillsyncError("door.busy", "waiting");
      waiting.add(socket);
    },
    hold: (socket, bytes) => {
      if (unread > 0 && unread + bytes > UNREAD_BYTES_MAX) return false;
      unread += bytes;
      socket.once("close", () => (unread -= bytes));
      return true;
    },
    count: () => ({ silent: silent.size, clients: clients.size }),
    closeAll: () => [...silent, ...clients].forEach((socket) => socket.destroy()),
  };
}
