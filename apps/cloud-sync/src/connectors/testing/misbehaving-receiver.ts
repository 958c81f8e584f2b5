import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Seen {
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** What the receiver does with one request. It has the whole request by then, so that "after commit" is honest. */
export type Behaviour = (response: ServerResponse, seen: Seen) => void;

/** The ways in which receivers go wrong. Each has read and kept the request before it misbehaves. */
export const behaviours = {
  ok: (response) => response.writeHead(200, { "content-type": "application/json" }).end("{}"),
  noContent: (response) => response.writeHead(204).end(),
  html: (response) => response.writeHead(200, { "content-type": "text/html" }).end("<html>sign in</html>"),
  serverError: (response) => response.writeHead(500).end("oops"),
  tooMany: (response) => response.writeHead(429, { "retry-after": "7" }).end(),
  busyUntil: (response) => response.writeHead(503, { "retry-after": new Date(Date.now() + 60_000).toUTCString() }).end(),
  refused: (response) => response.writeHead(422).end('{"error":"unknown item"}'),
  conflict: (response) => response.writeHead(409).end(),
  unauthorized: (response) => response.writeHead(401).end(),
  forbidden: (response) => response.writeHead(403).end(),
  notFound: (response) => response.writeHead(404).end(),
  gone: (response) => response.writeHead(410).end(),
  redirect: (response) => response.writeHead(302, { location: "/elsewhere" }).end(),
  silent: () => undefined,
  cut: (response) => void response.socket?.destroy(),
  cutInAnswer: (response) => {
    response.writeHead(200, { "content-length": "1000" });
    response.write("half", () => response.socket?.destroy());
  },
  slowDrip: (response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write("."), 20);
    response.on("close", () => clearInterval(timer));
  },
  hugeBody: (response) => {
    response.writeHead(200);
    const chunk = Buffer.alloc(64 * 1024, 120);
    const more = (): void => {
      while (!response.destroyed && response.write(chunk));
      if (!response.destroyed) response.once("drain", more);
    };
    response.on("error", () => undefined);
    more();
  },
} as const satisfies Record<string, Behaviour>;

export interface Receiver {
  readonly url: string;
  readonly seen: Seen[];
  /** For the requests from now on. */
  behave(behaviour: Behaviour): void;
  close(): Promise<void>;
}

/** An HTTP receiver on this machine that can be told how to misbehave. */
export async function startReceiver(): Promise<Receiver> {
  let behaviour: Behaviour = behaviours.ok;
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const one = { headers: request.headers, body: Buffer.concat(chunks).toString() };
      seen.push(one);
      behaviour(response, one);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    seen,
    behave: (next) => {
      behaviour = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
