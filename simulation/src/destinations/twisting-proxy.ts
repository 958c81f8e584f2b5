import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { postText } from "./post-text.ts";

/** What becomes of the answers of a server behind it. `empty`: a list is answered without its rows. */
export type Twist = "none" | "html" | "empty";

export interface TwistingProxy {
  readonly url: string;
  /** Requests since the last `twist`. */
  readonly requests: number;
  twist(how: Twist): void;
  close(): Promise<void>;
}

/** Stands in front of a JSON server at `target` and answers as portals and broken servers do. `emptied` takes the rows out of an answer. */
export async function startTwistingProxy(target: string, emptied: (body: string) => string): Promise<TwistingProxy> {
  let how: Twist = "none";
  let requests = 0;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      const { status, body } = await pass(target, request);
      if (how === "html") response.writeHead(200, { "content-type": "text/html" }).end("<html><body>Please sign in</body></html>");
      else response.writeHead(status, { "content-type": "application/json" }).end(how === "empty" ? emptied(body) : body);
    } catch {
      response.destroy();
    }
  };
  const server = createServer((request, response) => {
    requests += 1;
    void answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get requests() {
      return requests;
    },
    twist: (next) => {
      how = next;
      requests = 0;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function pass(target: string, request: IncomingMessage): Promise<{ status: number; body: string }> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(
      (one): one is [string, string] => typeof one[1] === "string" && !["host", "connection", "content-length"].includes(one[0]),
    ),
  );
  return postText(new URL(request.url ?? "/", target), headers, Buffer.concat(chunks));
}
