/*
 * The far end of every contestant, in a process of its own: the same documents by the cloud's contract (snapshots, chunks
 * with ranges, pulls, stream), as one stream of chunks for the floor, in pages for RxDB, and by CouchDB's replication
 * protocol for PouchDB. All from memory: what is measured is the terminal.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { WireDocument } from "@tillsync/sync-protocol";
import { heard, input, tell, done } from "../processes/worker.ts";
import { serveCouch } from "./couch.ts";
import { orderOf, packChunks, packWhole, priceOf, productOf, sorted } from "./dataset.ts";

const { items } = input<{ items: number }>();
const order = orderOf(items);
const collections: Readonly<Record<string, readonly WireDocument[]>> = { prices: order.map(priceOf), products: order.map(productOf) };
const chunks = Object.fromEntries(Object.entries(collections).map(([name, documents]) => [name, packChunks(sorted(documents))]));
const bodies = new Map(Object.values(chunks).flatMap((all) => all.map((chunk) => [chunk.sha256 as string, chunk.body] as const)));
/** The same documents in one frame: a plain stream needs no more. */
const whole = packWhole(Object.values(collections).flatMap(sorted));
const HEADERS = { "tillsync-wire": "1" };
const couch = serveCouch([...(collections["prices"] ?? []), ...(collections["products"] ?? [])]);
let bytes = 0;

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => void tell({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }));
await heard();
await tell({ bytes });
server.closeAllConnections();
server.close();
done();

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "", "http://x");
  if (url.pathname.startsWith("/db")) return couch(request, response, (size) => (bytes += size));
  const pulled = /^\/v1\/reference\/([a-z]+)\/pull$/.exec(url.pathname)?.[1];
  if (pulled !== undefined) return send(response, pull(pulled, url));
  if (url.pathname === "/v1/reference/snapshots") return send(response, { snapshots: manifests() });
  if (url.pathname === "/v1/reference/stream") {
    response.writeHead(200, { ...HEADERS, "content-type": "text/event-stream" }).write(":\n\n");
    return;
  }
  if (url.pathname === "/floor") {
    bytes += whole.length;
    response.writeHead(200, { "content-length": whole.length }).end(whole);
    return;
  }
  const body = bodies.get(/^\/v1\/reference\/chunks\/([0-9a-f]{64})$/.exec(url.pathname)?.[1] ?? "");
  if (body === undefined) return void response.writeHead(404, HEADERS).end();
  bytes += body.length;
  response.writeHead(200, { ...HEADERS, "content-length": body.length }).end(body);
}

function pull(collection: string, url: URL): object {
  const documents = collections[collection] ?? [];
  const checkpoint = JSON.parse(url.searchParams.get("checkpoint") ?? "{}") as Record<string, number>;
  const from = checkpoint["all"] ?? 0;
  const page = documents.slice(from, from + Number(url.searchParams.get("limit")));
  return { documents: page, checkpoint: { all: from + page.length }, scopes: page.map(() => "all") };
}

function manifests(): object[] {
  return Object.entries(chunks).map(([collection, all]) => ({
    collection,
    scope: "all",
    position: items,
    documents: items,
    chunks: all.map(({ body: _body, ...chunk }) => chunk),
  }));
}

function send(response: ServerResponse, value: object): void {
  const text = Buffer.from(JSON.stringify(value));
  bytes += text.length;
  response.writeHead(200, { ...HEADERS, "content-type": "application/json", "content-length": text.length }).end(text);
}
