import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A server of somebody else on this machine: it notes what browsers send it, and answers with a page. */
export interface OtherServer {
  readonly port: number;
  /** Cookies of each request, as they came. */
  readonly cookies: string[];
  readonly close: () => Promise<void>;
}

/** `answer` may set headers before the page is sent. */
export async function startOtherServer(
  answer: (response: ServerResponse, request: IncomingMessage) => void = () => {},
): Promise<OtherServer> {
  const cookies: string[] = [];
  const server = createServer((request, response) => {
    cookies.push(request.headers.cookie ?? "");
    answer(response, request);
    response.setHeader("content-type", "text/html").end("<!doctype html><title>other</title><p>other</p>");
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    port: (server.address() as AddressInfo).port,
    cookies,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
