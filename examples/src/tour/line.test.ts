import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openLine, type Line } from "./line.ts";

let cloud: Server;
let line: Line;
beforeEach(async () => {
  cloud = createServer((socket) => {
    socket.on("error", () => {});
    socket.pipe(socket);
  });
  cloud.listen(0, "127.0.0.1");
  await once(cloud, "listening");
  line = await openLine((cloud.address() as AddressInfo).port);
});
afterEach(async () => {
  await line.close();
  cloud.close();
});

async function call(): Promise<Socket> {
  const socket = connect(line.port, "127.0.0.1");
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}
/** Unlike `once`, does not mind an error on the way. */
const closed = (socket: Socket): Promise<unknown> => new Promise((resolve) => socket.once("close", resolve));

async function echo(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [answer] = (await once(socket, "data")) as [Buffer];
  return answer.toString();
}

describe("the line", () => {
  it("passes bytes both ways", async () => {
    expect(await echo(await call(), "sale")).toBe("sale");
  });

  it("breaks open connections when cut, takes new ones in silence, and lets the next through when restored", async () => {
    const before = await call();
    await echo(before, "sale");
    const closing = closed(before);
    line.cut();
    await closing;
    expect(line.isCut()).toBe(true);
    const during = await call();
    let heard = false;
    during.on("data", () => {
      heard = true;
    });
    during.write("sale");
    const hungUp = closed(during);
    line.restore();
    await hungUp;
    expect(heard).toBe(false);
    expect(await echo(await call(), "again")).toBe("again");
  });

  it("hangs up when the cloud is gone", async () => {
    const socket = await call();
    await echo(socket, "sale");
    const second = await openLine(1);
    const lost = connect(second.port, "127.0.0.1");
    lost.on("error", () => {});
    await closed(lost);
    await second.close();
    socket.destroy();
  });
});
