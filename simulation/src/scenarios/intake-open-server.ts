import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

/** What a page may never learn. */
export const SECRET = "takings 1234.56";

export interface OpenServer {
  readonly port: number;
  /** Bodies that pages got through to it. */
  readonly posted: string[];
  readonly close: () => Promise<void>;
}

/**
 * A local interface as it is built by default: no look at `Host` or `Origin`, any media type, WebSockets for everyone. What
 * a page reaches here shows that the attacks of the tests are real and that the browser does not stop them by itself.
 */
export async function startOpenServer(): Promise<OpenServer> {
  const posted: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      if (request.method === "POST") posted.push(body);
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ secret: SECRET }));
    });
  });
  const upgraded = new Set<Duplex>();
  server.on("upgrade", (request, socket) => {
    upgraded.add(socket);
    const accept = createHash("sha1")
      .update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest("base64");
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
    );
    socket.on("error", () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    posted,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        // An upgraded connection is no HTTP connection any more.
        for (const socket of upgraded) socket.destroy();
      }),
  };
}
