import { createServer, type Server } from "node:net";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { reach } from "./reach.ts";

let server: Server;
let port: number;
let received: number;
beforeEach(async () => {
  received = 0;
  server = createServer((socket) => {
    socket.on("data", (bytes) => {
      received += bytes.length;
      // Answers a greeting as no TLS server would.
      socket.end("220 hello\r\n");
    });
    socket.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const to = (url: string, allowPrivateNetwork = true) => reach({ url, allowPrivateNetwork, timeoutMs: 2_000 });

test("a receiver that listens is reached, and is sent nothing", async () => {
  expect(await to(`http://127.0.0.1:${port}/hook`)).toMatchObject({ kind: "ready" });
  expect(received).toBe(0);
});

test("nobody there, no such name, no TLS, a private address: each is told, none as uncertain", async () => {
  expect(await to("http://127.0.0.1:9/")).toEqual({ kind: "theirs", detail: "ECONNREFUSED" });
  expect(await to("http://no-such-host.invalid/")).toMatchObject({ kind: "theirs" });
  expect(await to(`https://127.0.0.1:${port}/`)).toMatchObject({ kind: "set-up", detail: expect.stringMatching(/^TLS/) });
  expect(await to(`http://127.0.0.1:${port}/`, false)).toMatchObject({ kind: "set-up", detail: expect.stringContaining("private") });
  expect(await to(`http://localhost:${port}/`, false)).toMatchObject({ kind: "set-up", detail: expect.stringContaining("private") });
});
