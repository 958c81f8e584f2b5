import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { CONTENT_SECURITY_POLICY } from "@tillsync/edge-agent/window-api";
import { askScripted, type ScriptedAgent } from "./scripted-agent.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

export interface ServedWindow extends AsyncDisposable {
  readonly url: string;
  /** What the window asks from now on. */
  agent: ScriptedAgent;
}

interface ServeOptions {
  /** `null`: none, to show that it is needed. */
  readonly policy?: string | null;
}

/** Serves a built window with its real policy, with a scripted agent behind `ask/`. */
export async function serveWindow(
  folder: string,
  agent: ScriptedAgent,
  { policy = CONTENT_SECURITY_POLICY }: ServeOptions = {},
): Promise<ServedWindow> {
  const served = { agent, policy };
  const server = createServer((request, response) => {
    answer(folder, served, request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return Object.assign(served, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    [Symbol.asyncDispose]: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

async function answer(
  folder: string,
  served: { agent: ScriptedAgent; policy: string | null },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = new URL(request.url ?? "/", "http://window").pathname;
  if (served.policy !== null) response.setHeader("Content-Security-Policy", served.policy);
  response.setHeader("X-Content-Type-Options", "nosniff");
  const asked = /^\/ask\/([a-z-]+)$/.exec(path)?.[1];
  if (asked !== undefined && request.method === "POST") {
    const answered = await askScripted(served.agent, asked, JSON.parse(await readBody(request)));
    response.setHeader("content-type", "application/json").end(JSON.stringify(answered));
    return;
  }
  const file = join(folder, path === "/" ? "index.html" : path);
  if (!existsSync(file)) return void response.writeHead(404).end();
  response.setHeader("content-type", TYPES[extname(file)] ?? "application/octet-stream").end(await readFile(file));
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) body += String(chunk);
  return body;
}
