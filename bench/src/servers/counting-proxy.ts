import { connect, createServer, type Socket } from "node:net";
import { freePort } from "./free-port.ts";

/** A line between agent and cloud that counts what passes: all bytes of HTTP, headers too; not TCP's and IP's own. */
export interface CountingProxy {
  readonly url: string;
  /** Bytes since the last call, from the agent and to it. */
  take(): { up: number; down: number };
  stop(): Promise<void>;
}

export async function startCountingProxy(target: string): Promise<CountingProxy> {
  const port = await freePort();
  const { hostname, port: targetPort } = new URL(target);
  const counts = { up: 0, down: 0 };
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(targetPort), hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.once("close", () => sockets.delete(socket));
      socket.on("error", () => [near, far].forEach((each) => each.destroy()));
    }
    near.on("data", (chunk) => (counts.up += chunk.length));
    far.on("data", (chunk) => (counts.down += chunk.length));
    near.pipe(far);
    far.pipe(near);
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${port}`,
    take: () => {
      const taken = { ...counts };
      Object.assign(counts, { up: 0, down: 0 });
      return taken;
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
