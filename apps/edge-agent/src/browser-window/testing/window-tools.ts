import { randomBytes } from "node:crypto";
import { request, type IncomingMessage } from "node:http";
import { createConnection } from "node:net";
import type { Ask } from "../ask-route.ts";
import type { WindowFiles } from "../load-window-files.ts";
import { serveBrowserWindow, type BrowserWindow, type BrowserWindowOptions } from "../serve-browser-window.ts";

export const SMALL_WINDOW: WindowFiles = new Map([
  [
    "index.html",
    { type: "text/html; charset=utf-8", bytes: Buffer.from("<!doctype html><title>the window</title><script src=./main.js></script>") },
  ],
  ["main.js", { type: "text/javascript; charset=utf-8", bytes: Buffer.from("document.body.append('drawn')") }],
]);

/** A clock that a test moves, with its timers. */
export function testClock() {
  let nowMs = 1_000;
  const timers = new Map<() => void, number>();
  return {
    ports: {
      monotonicMs: () => nowMs,
      setTimer: (delayMs: number, work: () => void) => {
        timers.set(work, nowMs + delayMs);
        return { cancel: () => void timers.delete(work) };
      },
    },
    pass: (ms: number): void => {
      nowMs += ms;
      for (const [work, atMs] of timers)
        if (atMs <= nowMs) {
          timers.delete(work);
          work();
        }
    },
  };
}

export interface TestWindow extends BrowserWindow {
  readonly origin: string;
  readonly port: number;
  /** What the agent was asked. */
  readonly asked: string[];
  readonly pass: (ms: number) => void;
}

export async function serveTestWindow(
  ask: Ask = async () => ({ secret: "takings" }),
  more: Partial<BrowserWindowOptions> = {},
): Promise<TestWindow> {
  const clock = testClock();
  const asked: string[] = [];
  const window = await serveBrowserWindow({
    files: SMALL_WINDOW,
    ask: (method, body, signal) => {
      asked.push(method);
      return ask(method, body, signal);
    },
    ports: clock.ports,
    randomBytes,
    onError: (error) => {
      throw error;
    },
    ...more,
  });
  const { origin, port } = new URL(window.link);
  return { ...window, origin, port: Number(port), asked, pass: clock.pass };
}

export interface Answered {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** A request as a program makes it: any header, as often as wished; nothing is followed. */
export function send(
  url: string,
  options: { method?: string; headers?: Record<string, string | string[]>; body?: string | Buffer } = {},
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: options.method ?? "GET", headers: options.headers ?? {}, agent: false }, (answer) => {
      let body = "";
      answer.setEncoding("utf8").on("data", (text: string) => (body += text));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }));
    });
    sent.on("error", reject);
    sent.end(options.body);
  });
}

/** Bytes as they are; what comes back until the connection ends. */
export const sendRaw = (port: number, text: string): Promise<string> =>
  new Promise((resolve) => {
    let heard = "";
    const socket = createConnection(port, "127.0.0.1", () => socket.write(text));
    socket.on("data", (chunk) => (heard += String(chunk)));
    socket.on("error", () => {});
    socket.on("close", () => resolve(heard));
  });

/** What a browser has once it has used the link. */
export async function useLink(window: BrowserWindow): Promise<{ cookie: string; url: string }> {
  const answer = await send(window.link);
  const cookie = (answer.headers["set-cookie"]?.[0] ?? "").split(";")[0] ?? "";
  return { cookie, url: new URL(answer.headers.location ?? "", window.link).href };
}
