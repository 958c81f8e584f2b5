import { createServer } from "node:net";
import { TillsyncError } from "@tillsync/sync-protocol";
import { controlAddress } from "./address.ts";
import type { Door, DoorKind } from "./door.ts";
import { createDoorClients, type DoorClients } from "./door-clients.ts";
import { openDoorSecret, renewDoorSecret } from "./door-secret.ts";
import { DOOR_DEADLINES, type DoorDeadlines } from "./limits.ts";
import { listenAt } from "./listen-at.ts";
import { serveClient } from "./serve-client.ts";

export interface ControlServer {
  readonly count: DoorClients["count"];
  readonly close: () => Promise<void>;
}

export interface ControlOptions extends Pick<Door, "handlers" | "onError"> {
  /** `owner` unless said. */
  readonly kind?: DoorKind;
  /** For tests that do not want to wait. */
  readonly deadlines?: DoorDeadlines;
  /** For tests that take the bounds away. */
  readonly clients?: DoorClients;
}

/**
 * Opens a door of the agent in a folder. No TCP: nothing on the network or in a browser reaches it. Who may connect is
 * decided by the socket's rights, and again by the secret, which both sides prove to know, for systems where a socket's
 * rights do not count. In the data folder call it only while holding the folder's lock: it takes the place of an agent that
 * died. Throws `door.taken`, `keys.*`.
 */
export async function serveControl(dir: string, options: ControlOptions): Promise<ControlServer> {
  const kind = options.kind ?? "owner";
  const clients = options.clients ?? createDoorClients();
  const open = async (secret: string): Promise<ControlServer> => {
    const door: Door = { ...options, kind, secret, clients, deadlines: options.deadlines ?? DOOR_DEADLINES };
    const server = createServer((socket) => serveClient(socket, door));
    const takeAway = await listenAt(server, controlAddress(dir, secret), kind);
    server.on("error", options.onError);
    return {
      count: clients.count,
      close: () =>
        new Promise((resolve) => {
          takeAway();
          server.close(() => resolve());
          clients.closeAll();
        }),
    };
  };
  const secret = openDoorSecret(dir, kind);
  try {
    return await open(secret);
  } catch (cause) {
    // A name that others have taken is left to them: with another secret the door has another one.
    const isNamedBySecret = controlAddress(dir, "") !== controlAddress(dir, secret);
    if (!(cause instanceof TillsyncError) || !isNamedBySecret) throw cause;
    return open(renewDoorSecret(dir, kind));
  }
}
