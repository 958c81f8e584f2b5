import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { CloudAnswer, ModelCloud } from "./model-cloud.ts";

/** What stands between the cloud and its answer: nothing, or a fault. */
export type Between = (cloud: () => Promise<CloudAnswer>, request: IncomingMessage, response: ServerResponse) => Promise<void>;

export const plainly: Between = async (cloud, _request, response) => writeAnswer(response, await cloud());

export function writeAnswer(response: ServerResponse, answer: CloudAnswer): void {
  response.writeHead(answer.status, answer.headers).end(answer.body);
}

export interface Served {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves any listener on a free port of the loopback. */
export async function serve(listener: RequestListener): Promise<Served> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Serves a model cloud over HTTP, with whatever `between` does to its answers. */
export const serveCloud = (cloud: ModelCloud, between: () => Between = () => plainly): Promise<Served> =>
  serve((request, response) => {
    void answer(cloud, between(), request, response).catch(() => response.destroy());
  });

async function answer(cloud: ModelCloud, between: Between, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  await between(() => cloud.handle({ path: request.url ?? "", headers, body: Buffer.concat(chunks) }), request, response);
}
