import type { Server } from "node:http";
import type { Socket } from "node:net";
import { TillsyncError } from "@tillsync/sync-protocol";
import { CLIENT_CONNECTIONS_MAX, STRANGERS_MAX } from "./limits.ts";

export interface Connections {
  /** The connection has shown a token. Throws `intake.busy` when clients have too many. */
  readonly prove: (socket: Socket) => void;
  readonly count: () => { strangers: number; clients: number };
}

/**
 * Keeps connections bounded. Those without a token make room for each other, the oldest first: whoever opens a thousand
 * and says nothing loses his own, and a till that connects and speaks is served meanwhile.
 */
export function boundConnections(server: Server): Connections {
  const strangers = new Set<Socket>();
  const clients = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    strangers.add(socket);
    socket.on("close", () => {
      strangers.delete(socket);
      clients.delete(socket);
    });
    if (strangers.size <= STRANGERS_MAX) return;
    const [oldest] = strangers;
    if (oldest !== undefined) {
      strangers.delete(oldest);
      oldest.destroy();
    }
  });
  return {
    prove: (socket) => {
      if (clients.has(socket)) return;
      if (clients.size >= CLIENT_CONNECTIONS_MAX) throw new TillsyncError("intake.busy", "connections");
      strangers.delete(socket);
      clients.add(socket);
    },
    count: () => ({ strangers: strangers.size, clients: clients.size }),
  };
}
