import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createConnection, createServer } from "node:net";
import { join } from "node:path";
import type { TillsyncError } from "@tillsync/sync-protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { askAgent } from "./ask-agent.ts";
import { CONTROL_VERSION } from "./seal.ts";
import { serveControl, type ControlServer } from "./serve-control.ts";
import { addressOf, dial, dialProven, heardUntilClosed, makeDoorFolder, testHandlers } from "./testing/door-tools.ts";

let folder: ReturnType<typeof makeDoorFolder>;
let dir: string;
let server: ControlServer;
let errors: unknown[];
const serve = (): Promise<ControlServer> => serveControl(dir, { handlers: testHandlers(), onError: (error) => errors.push(error) });

beforeEach(async () => {
  folder = makeDoorFolder();
  dir = folder.dir;
  errors = [];
  server = await serve();
});
afterEach(async () => {
  await server.close();
  folder.remove();
});

/** Somebody who listens in the agent's place and says lines of his own; returns what clients told him. */
async function squat(answer: string): Promise<{ heard: string[]; close: () => Promise<void> }> {
  const heard: string[] = [];
  const squatter = createServer((socket) => {
    socket.on("error", () => {});
    socket.write(`{"tillsync":${CONTROL_VERSION},"nonce":"x"}\n`);
    socket.on("data", (chunk) => {
      heard.push(String(chunk));
      socket.end(`${answer}\n`);
    });
  });
  await new Promise<void>((resolve) => squatter.listen(addressOf(dir), resolve));
  return { heard, close: () => new Promise((resolve) => void squatter.close(() => resolve())) };
}

describe("a door", () => {
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
    writeFileSync(join(dir, "control.secret"), `${"x".repeat(43)}\n`);
    await expect(askAgent(dir, "status", {})).rejects.toMatchObject({ code: "auth.invalid" });
  });

  it("keeps its secret over restarts, and is not there when no agent runs", async () => {
    const secret = readFileSync(join(dir, "control.secret"), "utf8");
    await server.close();
    expect(await askAgent(dir, "status", {})).toBeUndefined();
    server = await serve();
    expect(readFileSync(join(dir, "control.secret"), "utf8")).toBe(secret);
    rmSync(join(dir, "control.secret"));
    expect(await askAgent(dir, "status", {})).toBeUndefined();
  });

  it("tells a client of another version so", async () => {
    await server.close();
    const other = createServer((socket) => void socket.end(`{"tillsync":${CONTROL_VERSION + 1},"nonce":"x"}\n`));
    await new Promise<void>((resolve) => other.listen(addressOf(dir), resolve));
    await expect(askAgent(dir, "status", {})).rejects.toMatchObject({ code: "wire.version" });
    await new Promise((resolve) => other.close(resolve));
    server = await serve();
  });

  it("hears that a client has left, and leaves a client its question back", async () => {
    await server.close();
    const asked = Promise.withResolvers<AbortSignal | undefined>();
    const left = Promise.withResolvers<true>();
    const handlers = testHandlers({
      "reference-wait": (_request, gone) => {
        asked.resolve(gone);
        return new Promise(() => gone?.addEventListener("abort", () => left.resolve(true)));
      },
    });
    server = await serveControl(dir, { handlers, onError: () => {} });
    const abort = new AbortController();
    const answer = askAgent(dir, "reference-wait", { checkpoints: {}, waitMs: 30_000 }, { signal: abort.signal });
    expect((await asked.promise)?.aborted).toBe(false);
    abort.abort();
    await expect(answer).rejects.toMatchObject({ code: "wire.unreachable" });
    expect(await left.promise).toBe(true);
  });
});

describe("whoever listens in the agent's place", () => {
  it.each([
    ["an answer without a mark", `{"result":{"running":true}}`],
    ["an answer with a mark of his own", `${"x".repeat(43)} {"result":{"running":true}}`],
    ["an error that staff would act on", `${"-".repeat(43)} {"error":{"code":"journal.chain-broken"}}`],
    ["no JSON", "hello"],
  ])("is not believed: %s", async (_name, answer) => {
    await server.close();
    const squatter = await squat(answer);
    await expect(askAgent(dir, "status", {})).rejects.toMatchObject({ code: "auth.invalid" });
    const secret = readFileSync(join(dir, "control.secret"), "utf8").trim();
    expect(squatter.heard.join("")).toContain(`"method":"status"`);
    expect(squatter.heard.join("")).not.toContain(secret);
    await squatter.close();
    server = await serve();
  });

  it.each([
    ["as they are", "", "", [{ running: true }, 0]],
    ["the question changed", `"method":"status"`, `"method":"stop"`, ["auth.invalid", 0]],
    ["the answer changed", `"running":true`, `"running":false`, ["auth.invalid", 0]],
    ["the hello changed", "n", "m", ["auth.invalid", 0]],
  ])("who passes all on between the two changes nothing unseen: %s", async (_name, from, to, expected) => {
    await server.close();
    let stops = 0;
    const handlers = testHandlers({ stop: () => ({ stopping: true, count: (stops += 1) }) as never });
    server = await serveControl(dir, { handlers, onError: () => {} });
    renameSync(addressOf(dir), join(dir, "real"));
    const change = (chunk: Buffer): string => {
      const text = chunk.toString();
      // The mark and the words of the first line, not the greeting's form.
      return from === "n"
        ? text.replace(/^([\w-]{43} )(\w)/, (_all, mark: string, first: string) => mark + (first === "n" ? "m" : "n"))
        : text.replace(from, to);
    };
    const between = createServer((client) => {
      const agent = createConnection(join(dir, "real"));
      client
        .on("data", (chunk) => agent.write(change(chunk)))
        .on("error", () => {})
        .on("close", () => agent.destroy());
      agent
        .on("data", (chunk) => client.write(change(chunk)))
        .on("error", () => {})
        .on("close", () => client.end());
    });
    await new Promise<void>((resolve) => between.listen(addressOf(dir), resolve));
    const said: unknown = await askAgent(dir, "status", {}).catch((error: unknown) => (error as TillsyncError).code);
    expect([said, stops]).toEqual(expected);
    await new Promise((resolve) => between.close(resolve));
  });
});

describe("nonsense", () => {
  it.each(["", "null", "{}", "x".repeat(43), `${"x".repeat(43)} ${"y".repeat(22)}`, `{"__proto__":{"method":"status"}}`])(
    "before the hello is refused: %j",
    async (text) => {
      const socket = await dial(dir);
      const answer = heardUntilClosed(socket);
      socket.write(`${text}\n`);
      expect(await answer).toContain("auth.invalid");
      expect(await askAgent(dir, "status", {})).toEqual({ running: true });
    },
  );

  it.each([
    ["no JSON", "{"],
    ["no object", "null"],
    ["an unknown method", `{"method":"launch","request":{}}`],
    ["a name of JavaScript's own", `{"method":"constructor","request":{}}`],
    ["a prototype", `{"method":"status","request":{"__proto__":{"x":1}}}`],
    ["a prototype around it", `{"__proto__":{"method":"status","request":{}}}`],
    ["more than is asked for", `{"method":"status","request":{},"more":1}`],
    [
      "100,000 lists inside each other",
      `{"method":"set-aside-retry","request":{"ids":[],"config":${"[".repeat(100_000)}${"]".repeat(100_000)}}}`,
    ],
  ])("of a client that knows the secret is refused: %s", async (_name, text) => {
    const { socket, ask } = await dialProven(dir);
    const answer = heardUntilClosed(socket);
    ask(text);
    expect(await answer).toContain("wire.malformed");
    expect(await askAgent(dir, "status", {})).toEqual({ running: true });
    expect(errors).toEqual([]);
  });
});
