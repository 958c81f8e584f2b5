import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { give, type Misbehaviour } from "./misbehaviours.ts";
import type { FakeAnswer, FakeCall, RawRequest, VendorRules } from "./vendor-rules.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** A small vendor with a memory. `answer` acts at once: when it has answered, the effect stands. */
export interface FakeVendor {
  readonly rules: VendorRules;
  answer(call: FakeCall): FakeAnswer | Promise<FakeAnswer>;
  /** How the vendor says that it is asked too often. */
  readonly limited?: FakeAnswer;
  /** Whether a repeat of the call would be known as one by its content: by a key, by an upsert, or since it only reads. */
  repeatable(call: FakeCall): boolean;
  /** Calls that change nothing: a suite disturbs each of them in fewer ways. */
  reads?(call: FakeCall): boolean;
}

export interface VendorServer {
  readonly url: string;
  /** Requests that keep the vendor's rules, in order. */
  readonly calls: FakeCall[];
  /** Every breach of the vendor's rules, by us or by the fake itself. A test that leaves one here has failed. */
  readonly violations: string[];
  /** Which misbehaviour the request with this index meets (counted from the call of `plan`); undefined: none. */
  plan(misbehave: (index: number, call: FakeCall) => Misbehaviour | undefined): void;
  /** How often a planned misbehaviour came to pass. */
  readonly met: () => number;
  close(): Promise<void>;
}

const LIMITED: FakeAnswer = { status: 429, headers: { "retry-after": "2" } };

/** An HTTP server on this machine that keeps a vendor's rules, acts as the vendor, and misbehaves when told to. */
export async function startVendorFake(vendor: FakeVendor, clock: VirtualClock): Promise<VendorServer> {
  const calls: FakeCall[] = [];
  const violations: string[] = [];
  /** The first answer to each operation: another item's, once more than one was sent. */
  const earlier = new Map<string, FakeAnswer>();
  let misbehave: (index: number, call: FakeCall) => Misbehaviour | undefined = () => undefined;
  let index = 0;
  let met = 0;
  let storm: { readonly kind: Misbehaviour; left: number } | undefined;

  const act = async (call: FakeCall): Promise<FakeAnswer> => {
    const answer = await vendor.answer(call);
    const wrong = vendor.rules.judgeAnswer(call.operation, answer);
    if (wrong !== undefined) violations.push(wrong);
    return answer;
  };
  const serve = async (raw: RawRequest, response: ServerResponse): Promise<void> => {
    const judged = vendor.rules.judge(raw);
    if (judged.kind === "violation") {
      violations.push(judged.detail);
      return give(response, { status: 400, body: { violation: judged.detail } });
    }
    const { call } = judged;
    calls.push(call);
    const kind = storm?.kind ?? misbehave(index, call);
    index += 1;
    if (kind === undefined || (kind.twice === true && !vendor.repeatable(call))) {
      const answer = await act(call);
      if (answer.status < 300 && !earlier.has(call.operation)) earlier.set(call.operation, answer);
      return give(response, answer);
    }
    met += 1;
    const left = (storm?.left ?? kind.hits) - 1;
    storm = left > 0 ? { kind, left } : undefined;
    const first = kind.commits ? await act(call) : { status: 200 };
    const proper = kind.twice === true ? await act(call) : first;
    if (kind.jumpMs !== undefined) clock.advance(kind.jumpMs);
    kind.answer(response, { proper, another: earlier.get(call.operation), limited: vendor.limited ?? LIMITED });
  };
  const server = createServer((request, response) => {
    void readRequest(request)
      .then((raw) => serve(raw, response))
      .catch((error: unknown) => {
        violations.push(`the fake failed: ${String((error as Error).stack)}`);
        response.writeHead(500).end();
      });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    violations,
    plan: (next) => {
      misbehave = next;
      index = 0;
      met = 0;
      storm = undefined;
    },
    met: () => met,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readRequest(request: IncomingMessage): Promise<RawRequest> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request as AsyncIterable<Uint8Array>) chunks.push(chunk);
  const url = new URL(request.url ?? "/", "http://vendor.example");
  const { headers, method = "GET" } = request;
  return { method, path: url.pathname, query: url.searchParams, headers, body: Buffer.concat(chunks).toString() };
}
