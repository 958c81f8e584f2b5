import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createConnection, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TillsyncError } from "@tillsync/sync-protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { controlAddress } from "./address.ts";
import { askAgent } from "./ask-agent.ts";
import { FRAME_BYTES_MAX, createLineReader } from "./frames.ts";
import type { Handlers } from "./methods.ts";
import { CLIENTS_MAX, serveControl, type ControlServer } from "./serve-control.ts";

let dir: string;
let server: ControlServer;
let errors: unknown[];
const handlers: Handlers = {
  status: () => ({ running: true }) as never,
  capture: ({ paths }) => ({ ok: true, files: paths.map((path) => ({ path })) }) as never,
  "set-aside-list": () => [],
  "set-aside-show": ({ id }) => {
    throw new TillsyncError("usage.invalid", `no item ${id}`);
  },
  "set-aside-retry": () => {
    throw new Error("a bug");
  },
  "reference-pull": () => ({ documents: [], checkpoint: {} }),
  "reference-wait": () => ({ events: [] }),
  "reference-push": () => [],
  "redemptions-list": () => [],
  "redemptions-cancel": ({ id }) => ({ kind: "cancelled", redemptionId: id }),
  stop: () => ({ stopping: true }),
};

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "tillsync-control-"));
  errors = [];
  server = await serveControl(dir, { handlers, onError: (error) => errors.push(error), requestDeadlineMs: 150 });
});
afterEach(async () => {
  await server.close();
  rmSync(dir, { recursive: true });
});

const dial = (): Promise<Socket> =>
  new Promise((resolve) => {
    const socket = createConnection(controlAddress(dir), () => resolve(socket));
    socket.on("error", () => {});
  });
const closed = (socket: Socket): Promise<string> =>
  new Promise((resolve) => {
    let text = "";
    socket.on("data", (chunk) => (text += String(chunk)));
    socket.on("close", () => resolve(text));
  });

describe("the control socket", () => {
  it("answers methods with their results and their coded errors", async () => {
    expect(await askAgent(dir, "status", {})).toEqual({ running: true });
    expect(await askAgent(dir, "capture", { adapter: "poslog", paths: ["/a"] })).toEqual({ ok: true, files: [{ path: "/a" }] });
    await expect(askAgent(dir, "set-aside-show", { id: 7 })).rejects.toMatchObject({ code: "usage.invalid", detail: "no item 7" });
    await expect(askAgent(dir, "capture", { adapter: 5, paths: [] } as never)).rejects.toMatchObject({ code: "wire.malformed" });
  });

  it("tells a bug to the log and not to the client", async () => {
    await expect(askAgent(dir, "set-aside-retry", { ids: [] })).rejects.toMatchObject({ code: "internal.unexpected" });
    expect(errors).toHaveLength(1);
  });

  it("refuses whoever does not know the folder's secret", async () => {
    writeFileSync(join(dir, "control.secret"), "another\n");
    await expect(askAgent(dir, "status", {})).rejects.toMatchObject({ code: "auth.invalid" });
  });

  it("does not believe whoever listens in the agent's place, nor tells it the secret", async () => {
    await server.close();
    const heard: string[] = [];
    const squatter = createServer((socket) => {
      socket.write(`{"nonce":"x"}\n`);
      socket.on("data", (chunk) => {
        heard.push(String(chunk));
        socket.end(`{"proof":"x","result":{"running":true}}\n`);
      });
    });
    await new Promise<void>((resolve) => squatter.listen(controlAddress(dir), resolve));
    await expect(askAgent(dir, "status", {})).rejects.toMatchObject({ code: "auth.invalid" });
    const secret = (await import("node:fs")).readFileSync(join(dir, "control.secret"), "utf8").trim();
    expect(heard.join("")).not.toContain(secret);
    await new Promise((resolve) => squatter.close(resolve));
    server = await serveControl(dir, { handlers, onError: () => {} });
  });

  it("is not there when no agent runs", async () => {
    await server.close();
    expect(await askAgent(dir, "status", {})).toBeUndefined();
    server = await serveControl(dir, { handlers, onError: () => {} });
  });

  it("hangs up on a client that says nothing, and on one that never ends its line", async () => {
    expect(await closed(await dial())).toMatch(/^\{"nonce":"[\w-]+"\}\n$/);
    const endless = await dial();
    const answer = closed(endless);
    endless.write(Buffer.alloc(FRAME_BYTES_MAX + 10, 0x61));
    expect(await answer).toContain("wire.too-large");
  });

  it("refuses nonsense and lives on", async () => {
    for (const text of ["\n", "null\n", "{}\n", `${"[".repeat(100_000)}\n`, `{"__proto__":{"method":"status"}}\n`]) {
      const socket = await dial();
      const answer = closed(socket);
      socket.write(text);
      expect(await answer).toContain("wire.malformed");
    }
    expect(await askAgent(dir, "status", {})).toEqual({ running: true });
  });

  it("holds a bounded number of clients", async () => {
    const sockets = await Promise.all(Array.from({ length: CLIENTS_MAX }, dial));
    expect(await closed(await dial())).toBe("");
    for (const socket of sockets) socket.destroy();
  });
});

it("reads a line of exactly the limit and refuses one byte more", () => {
  const read = createLineReader(5);
  expect(read(Buffer.from("abc"))).toBeUndefined();
  expect(read(Buffer.from("de\n"))).toBe("abcde");
  expect(() => createLineReader(5)(Buffer.from("abcdef"))).toThrow(expect.objectContaining({ code: "wire.too-large" }));
});
