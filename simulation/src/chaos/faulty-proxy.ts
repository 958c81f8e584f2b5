import { createServer, request, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** How often each fault strikes a request, 0 to 1; they are drawn one after the other. */
export interface FaultRates {
  /** The request reaches the cloud, its answer never reaches the agent. */
  readonly answerLost: number;
  /** The request reaches the cloud twice; the agent hears the second answer. */
  readonly duplicated: number;
  /** The request is cut before the cloud has all of it. */
  readonly requestCut: number;
  /** The answer is held back for up to `delayMsMax`. */
  readonly delayed: number;
  readonly delayMsMax: number;
}

export const NO_FAULTS: FaultRates = { answerLost: 0, duplicated: 0, requestCut: 0, delayed: 0, delayMsMax: 0 };

export interface FaultyProxy {
  readonly url: string;
  readonly counts: { requests: number; answerLost: number; duplicated: number; requestCut: number; delayed: number };
  /** Where requests go from now on. */
  readonly target: (url: string) => void;
  /** Faults from now on. */
  readonly faults: (rates: FaultRates) => void;
  readonly close: () => Promise<void>;
}

/** One request's body is at most this; the cloud's own limit is 8 MiB. */
const BODY_BYTES_MAX = 16 * 1024 * 1024;
const UPSTREAM_DEADLINE_MS = 30_000;

/** An HTTP proxy on loopback that misbehaves as bad lines do, by a seeded plan. */
export async function startFaultyProxy(targetUrl: string, rates: FaultRates, random: () => number): Promise<FaultyProxy> {
  const plan = { target: targetUrl, rates };
  const counts = { requests: 0, answerLost: 0, duplicated: 0, requestCut: 0, delayed: 0 };
  const server = createServer((incoming, outgoing) => {
    pass(incoming, outgoing, plan, counts, random).catch(() => outgoing.destroy());
  });
  server.keepAliveTimeout = 5_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    target: (url) => void (plan.target = url),
    faults: (next) => void (plan.rates = next),
    close: () => closeServer(server),
  };
}

async function pass(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  plan: { target: string; rates: FaultRates },
  counts: FaultyProxy["counts"],
  random: () => number,
): Promise<void> {
  counts.requests += 1;
  const { rates } = plan;
  const body = await readBody(incoming);
  if (random() < rates.requestCut) {
    counts.requestCut += 1;
    await send(plan.target, incoming, body.subarray(0, Math.floor(body.length / 2)), true).catch(() => undefined);
    outgoing.destroy();
    return;
  }
  let answer = await send(plan.target, incoming, body, false);
  if (random() < rates.duplicated) {
    counts.duplicated += 1;
    answer = await send(plan.target, incoming, body, false);
  }
  if (random() < rates.delayed) {
    counts.delayed += 1;
    await delay(Math.floor(random() * rates.delayMsMax));
  }
  if (random() < rates.answerLost) {
    counts.answerLost += 1;
    outgoing.destroy();
    return;
  }
  outgoing.writeHead(answer.status, answer.headers).end(answer.body);
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Sends one request on a connection of its own. With `cut` it announces the whole length and breaks off. */
async function send(target: string, incoming: IncomingMessage, body: Buffer, cut: boolean): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    const headers = { ...incoming.headers, connection: "close", host: new URL(target).host };
    const upstream = request(new URL(incoming.url ?? "/", target), {
      method: incoming.method,
      headers,
      agent: false,
      timeout: UPSTREAM_DEADLINE_MS,
    });
    upstream.on("timeout", () => upstream.destroy(new Error("upstream deadline")));
    upstream.on("error", reject);
    upstream.on("response", (response) => {
      readBody(response).then((bytes) => resolve({ status: response.statusCode ?? 502, headers: response.headers, body: bytes }), reject);
    });
    if (cut) upstream.write(body, () => upstream.destroy(new Error("cut")));
    else upstream.end(body);
  });
}

async function readBody(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_BYTES_MAX) throw new Error("body too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
