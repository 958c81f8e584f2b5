import { once } from "node:events";
import { createServer, connect, type AddressInfo, type Server, type Socket } from "node:net";

/**
 * `through`: as if it were not there. `cut`: nobody answers. `portal`: a network that answers everything with its own
 * page. `slow`: what goes up passes at `SLOW_BYTES_PER_STEP` each `STEP_MS`.
 */
export type LineMode = "through" | "cut" | "portal" | "slow";

export const SLOW_BYTES_PER_STEP = 2_048;
export const STEP_MS = 50;

export interface LineRelay {
  readonly url: string;
  /** Where the cloud is from now on. */
  readonly target: (port: number) => void;
  readonly mode: (mode: LineMode) => void;
  /** Bytes that went up in the mode of now. */
  readonly upBytes: () => number;
  readonly close: () => Promise<void>;
}

const PAGE = "<!doctype html><title>Guest network</title><p>Please sign in";
const PORTAL = `HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: ${PAGE.length}\r\nconnection: close\r\n\r\n${PAGE}`;

/** The line between a till and its cloud, byte by byte. Each change of its mode ends what is open. */
export async function startLineRelay(): Promise<LineRelay> {
  const state = { mode: "through" as LineMode, port: 0, up: 0, open: new Set<Socket>() };
  const server: Server = createServer((near) => {
    keep(near, state.open);
    if (state.mode === "cut") return near.destroy();
    if (state.mode === "portal") return near.once("data", () => near.end(PORTAL));
    const far = connect(state.port, "127.0.0.1");
    keep(far, state.open);
    far.pipe(near);
    near.on("close", () => far.destroy());
    far.on("close", () => near.destroy());
    if (state.mode === "slow") return drip(near, far, (bytes) => (state.up += bytes));
    return near.on("data", (bytes) => (state.up += bytes.length)).pipe(far);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    target: (port) => void (state.port = port),
    mode: (mode) => {
      [state.mode, state.up] = [mode, 0];
      for (const socket of state.open) socket.destroy();
    },
    upBytes: () => state.up,
    close: async () => {
      for (const socket of state.open) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function keep(socket: Socket, open: Set<Socket>): void {
  open.add(socket);
  socket.on("error", () => socket.destroy());
  socket.on("close", () => open.delete(socket));
}

function drip(near: Socket, far: Socket, sent: (bytes: number) => void): void {
  const step = setInterval(() => {
    const bytes = (near.read(Math.min(SLOW_BYTES_PER_STEP, near.readableLength)) as Buffer | null) ?? undefined;
    if (bytes === undefined) return;
    far.write(bytes);
    sent(bytes.length);
  }, STEP_MS);
  near.on("readable", () => undefined);
  near.on("close", () => clearInterval(step));
}
