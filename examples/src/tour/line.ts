import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** The shop's line to the cloud: passes bytes both ways until it is cut. */
export interface Line {
  readonly port: number;
  readonly isCut: () => boolean;
  /** Breaks what is open. New connections are taken and then hear nothing, as with a router whose other side is dead. */
  cut(): void;
  /** Connections that waited in vain are closed; the next ones go through. */
  restore(): void;
  close(): Promise<void>;
}

/** Listens on a free port of the loopback and leads to `target` there. */
export async function openLine(target: number): Promise<Line> {
  const open = new Set<Socket>();
  let isCut = false;
  const keep = (socket: Socket): void => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    /* Broken pipes are what this line is for; the close event follows. */
    socket.on("error", () => {});
  };
  const hangUp = (): void => {
    for (const socket of open) socket.destroy();
  };
  const server = createServer((shop) => {
    keep(shop);
    if (isCut) {
      shop.resume();
      return;
    }
    const cloud = connect({ port: target, host: "127.0.0.1" });
    keep(cloud);
    shop.pipe(cloud);
    cloud.pipe(shop);
    shop.on("close", () => cloud.destroy());
    cloud.on("close", () => shop.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    isCut: () => isCut,
    cut: () => {
      isCut = true;
      hangUp();
    },
    restore: () => {
      isCut = false;
      hangUp();
    },
    close: async () => {
      const closed = once(server, "close");
      server.close();
      hangUp();
      await closed;
    },
  };
}
