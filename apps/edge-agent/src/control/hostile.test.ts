import type { Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { askAgent } from "./ask-agent.ts";
import { createDoorClients } from "./door-clients.ts";
import { FRAME_BYTES_MAX, HELLO_BYTES_MAX } from "./frames.ts";
import { CLIENTS_MAX, SILENT_MAX, UNREAD_BYTES_MAX, WAITING_MAX } from "./limits.ts";
import type { Handlers } from "./methods.ts";
import { serveControl, type ControlServer } from "./serve-control.ts";
import { dial, dialProven, heardUntilClosed, makeDoorFolder, testHandlers } from "./testing/door-tools.ts";

let folder: ReturnType<typeof makeDoorFolder>;
let dir: string;
let server: ControlServer;
let sockets: Socket[];
let errors: unknown[];

const serve = async (deadlines = { requestMs: 5_000, answerMs: 5_000 }, more: Partial<Handlers> = {}): Promise<void> => {
  server = await serveControl(dir, { handlers: testHandlers(more), onError: (error) => errors.push(error), deadlines });
};
beforeEach(() => {
  folder = makeDoorFolder();
  dir = folder.dir;
  [sockets, errors] = [[], []];
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await server.close();
  folder.remove();
  expect(errors).toEqual([]);
});

/** How long a busy machine may take to notice. */
const SOON = { timeout: 10_000 };
const keep = (socket: Socket): Socket => {
  socket.on("error", () => {});
  sockets.push(socket);
  return socket;
};
/** A till's own tray asks, and is answered, while the attack goes on. */
const isServed = async (): Promise<void> => expect(await askAgent(dir, "status", {})).toEqual({ running: true });

describe("clients that say nothing", () => {
  it("a thousand half-open ones make room for each other, and for whoever speaks", async () => {
    await serve();
    for (let i = 0; i < 1_000; i += 1) {
      keep(await dial(dir));
      if (i % 100 === 50) await isServed();
    }
    await isServed();
    expect(server.count().silent).toBeLessThanOrEqual(SILENT_MAX);
    expect(sockets).toHaveLength(1_000);
  });

  it("keep a real client out where those who came first may stay: it is the making room that lets it in", async () => {
    const clients = createDoorClients();
    const first = new Set<Socket>();
    const admit = (socket: Socket): void => void (first.size < SILENT_MAX ? first.add(socket) : socket.destroy());
    server = await serveControl(dir, { handlers: testHandlers(), onError: () => {}, clients: { ...clients, admit } });
    for (let i = 0; i < SILENT_MAX; i += 1) keep(await dial(dir));
    await expect(askAgent(dir, "status", {})).rejects.toMatchObject({ code: "wire.unreachable" });
    for (const socket of first) socket.destroy();
  });

  it("are hung up on after their time, also when they drip", async () => {
    await serve({ requestMs: 500, answerMs: 5_000 });
    const silent = heardUntilClosed(keep(await dial(dir)));
    const dripping = keep(await dial(dir));
    const drip = setInterval(() => dripping.write("x"), 20);
    const proven = keep((await dialProven(dir)).socket);
    const proving = heardUntilClosed(proven);
    const slowly = setInterval(() => proven.write("x"), 20);
    await Promise.all([silent, heardUntilClosed(dripping), proving]);
    clearInterval(drip);
    clearInterval(slowly);
    await expect.poll(() => server.count(), SOON).toEqual({ silent: 0, clients: 0 });
    await isServed();
  });
});

describe("clients that say too much", () => {
  it("before they have shown the secret they get room for a hello", async () => {
    await serve();
    for (const [bytes, code] of [
      [HELLO_BYTES_MAX, "auth.invalid"],
      [HELLO_BYTES_MAX + 1, "wire.too-large"],
    ] as const) {
      const socket = keep(await dial(dir));
      const answer = heardUntilClosed(socket);
      socket.write(`${"a".repeat(bytes)}\n`);
      expect(await answer).toContain(code);
    }
  });

  it("a request has its limit, and one byte more is refused", async () => {
    await serve();
    for (const [extra, expected] of [
      [0, `"result"`],
      [1, "wire.too-large"],
    ] as const) {
      const { socket, ask } = await dialProven(dir);
      const answer = heardUntilClosed(keep(socket));
      const [head, tail] = [`{"method":"status","request":{}`, "}"];
      ask(head + " ".repeat(FRAME_BYTES_MAX + extra - 44 - head.length - tail.length) + tail);
      expect(await answer).toContain(expected);
    }
  });

  it.each([
    ["a stranger", async () => keep(await dial(dir))],
    ["a client that knows the secret", async () => keep((await dialProven(dir)).socket)],
  ])("%s who sends a frame of 1 GB is cut off; the memory stays where it was", async (_name, connect) => {
    await serve();
    const before = process.memoryUsage();
    const socket = await connect();
    const closed = new Promise((resolve) => socket.on("close", resolve));
    const block = Buffer.alloc(1024 * 1024, 0x61);
    let sent = 0;
    const pump = (): void => {
      while (!socket.destroyed && sent < 1024) {
        sent += 1;
        if (!socket.write(block)) return void socket.once("drain", pump);
      }
    };
    pump();
    await closed;
    const after = process.memoryUsage();
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(64 * 1024 * 1024);
    await isServed();
  });
});

describe("clients that do not listen", () => {
  const large = "x".repeat(UNREAD_BYTES_MAX / 2);

  it("are told to wait while so much lies unread already; who asks for little is served", async () => {
    await serve({ requestMs: 5_000, answerMs: 60_000 }, { "set-aside-list": () => large as never });
    const { socket, ask } = await dialProven(dir);
    keep(socket).pause();
    ask(`{"method":"set-aside-list","request":{"all":true}}`);
    await expect.poll(() => server.count().clients, SOON).toBe(1);
    await isServed();
    await expect(askAgent(dir, "set-aside-list", { all: true })).rejects.toMatchObject({ code: "door.busy" });
    socket.destroy();
    await expect.poll(() => server.count().clients, SOON).toBe(0);
    expect(await askAgent(dir, "set-aside-list", { all: true })).toBe(large);
  });

  it("are cut off after their time", async () => {
    await serve({ requestMs: 5_000, answerMs: 200 }, { "set-aside-list": () => "x".repeat(8 * 1024 * 1024) as never });
    const { socket, ask } = await dialProven(dir);
    keep(socket).pause();
    await expect.poll(() => server.count().clients, SOON).toBe(1);
    ask(`{"method":"set-aside-list","request":{"all":true}}`);
    await expect.poll(() => server.count().clients, SOON).toBe(0);
  });
});

describe("windows without number", () => {
  const waitForEver: Partial<Handlers> = { "reference-wait": () => new Promise(() => {}) };
  const waitRequest = `{"method":"reference-wait","request":{"checkpoints":{},"waitMs":30000}}`;

  it("those that wait have a bound of their own: questions are answered beside them", async () => {
    await serve(undefined, waitForEver);
    for (let i = 0; i < WAITING_MAX; i += 1) {
      const { socket, ask } = await dialProven(dir);
      keep(socket);
      ask(waitRequest);
    }
    const wait = askAgent(dir, "reference-wait", { checkpoints: {}, waitMs: 30_000 });
    await expect(wait).rejects.toMatchObject({ code: "door.busy" });
    await isServed();
    sockets[0]?.destroy();
    const abort = new AbortController();
    await expect.poll(() => server.count().clients, SOON).toBe(WAITING_MAX - 1);
    const again = askAgent(dir, "reference-wait", { checkpoints: {}, waitMs: 30_000 }, { signal: abort.signal });
    await expect.poll(() => server.count().clients, SOON).toBe(WAITING_MAX);
    abort.abort();
    await expect(again).rejects.toMatchObject({ code: "wire.unreachable" });
  });

  it("past the bound of clients one more is told to wait, and is served when another has left", async () => {
    await serve();
    for (let i = 0; i < CLIENTS_MAX; i += 1) keep((await dialProven(dir)).socket);
    await expect.poll(() => server.count().clients, SOON).toBe(CLIENTS_MAX);
    await expect(askAgent(dir, "status", {})).rejects.toMatchObject({ code: "door.busy" });
    sockets[0]?.destroy();
    await expect.poll(() => server.count().clients, SOON).toBe(CLIENTS_MAX - 1);
    await isServed();
  });
});
