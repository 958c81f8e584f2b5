import type { ServerResponse } from "node:http";
import type { FakeAnswer } from "./vendor-rules.ts";

/** One way in which a vendor goes wrong with one request. */
export interface Misbehaviour {
  readonly name: string;
  /** The vendor acts on the request before the answer goes wrong; otherwise it never saw it. */
  readonly commits: boolean;
  /** Requests in a row that it hits. */
  readonly hits: number;
  /** It acts twice, as when something on the way sends a request again. Only where a repeat can be known by its content. */
  readonly twice?: true;
  /** How far the virtual clock jumps afterwards: past any window that the vendor remembers keys for. */
  readonly jumpMs?: number;
  /** Needs an answer that was given to another item. */
  readonly needsAnother?: true;
  /** Costs a deadline of the connector. */
  readonly slow?: true;
  /** Gives the answer. `proper` is what the vendor would have said; `another` what it said to an earlier item's same request. */
  answer(
    response: ServerResponse,
    told: { readonly proper: FakeAnswer; readonly another: FakeAnswer | undefined; readonly limited: FakeAnswer },
  ): void;
}

/** Sends an answer as it should be. */
export function give(response: ServerResponse, { status, headers, body }: FakeAnswer): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(body === undefined ? "" : JSON.stringify(body));
}

const html: Misbehaviour["answer"] = (response) =>
  response.writeHead(200, { "content-type": "text/html" }).end("<html><body>We will be right back</body></html>");
const silent: Misbehaviour["answer"] = () => undefined;
const cut: Misbehaviour["answer"] = (response) => void response.socket?.destroy();
const broken: Misbehaviour["answer"] = (response) => give(response, { status: 503, headers: { "retry-after": "1" } });

/** Longer than a vendor is known to remember a key. */
const PAST_WINDOWS_MS = 4 * 86_400_000;

const cutInAnswer: Misbehaviour["answer"] = (response, { proper }) => {
  const text = JSON.stringify(proper.body ?? {});
  response.writeHead(proper.status, { "content-type": "application/json", "content-length": String(text.length + 100) });
  response.write(text.slice(0, Math.ceil(text.length / 2)), () => response.socket?.destroy());
};

const drip: Misbehaviour["answer"] = (response) => {
  response.writeHead(200, { "content-type": "application/json" });
  const timer = setInterval(() => response.write(" "), 20);
  response.on("close", () => clearInterval(timer));
};

const endless: Misbehaviour["answer"] = (response) => {
  response.writeHead(200, { "content-type": "application/json" });
  const chunk = Buffer.alloc(256 * 1024, "[");
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
    if (!response.destroyed) response.once("drain", more);
  };
  response.on("error", () => undefined);
  more();
};

const one = (name: string, commits: boolean, answer: Misbehaviour["answer"], more: Partial<Misbehaviour> = {}): Misbehaviour => ({
  name,
  commits,
  hits: 1,
  answer,
  ...more,
});

/** The ways in which vendors go wrong, for any vendor. */
export const misbehaviours: readonly Misbehaviour[] = [
  one("is lost, no answer comes", false, silent, { slow: true }),
  one("commits, then no answer comes", true, silent, { slow: true }),
  one("is cut before the commit", false, cut),
  one("commits, then the line is cut", true, cut),
  one("commits, then the answer is cut off", true, cutInAnswer),
  one("is limited (429)", false, (response, { limited }) => give(response, limited), { hits: 2 }),
  one("meets a storm of 503 before the commit", false, broken, { hits: 4 }),
  one("commits, then answers 500", true, (response) => give(response, { status: 500 }), { hits: 2 }),
  one("gets HTML at 200, nothing committed", false, html),
  one("commits, then HTML at 200", true, html),
  one("commits, then an empty body at 200", true, (response) => give(response, { status: 200 })),
  one("commits, then a JSON of another shape at 200", true, (response) => give(response, { status: 200, body: [{ ok: true }] })),
  one("commits, then a body without end", true, endless),
  one("commits, then an answer slower than the deadline", true, drip, { slow: true }),
  one("commits, and another's document is the answer", true, (response, { proper, another }) => give(response, another ?? proper), {
    needsAnother: true,
  }),
  one("arrives twice", true, (response, { proper }) => give(response, proper), { twice: true }),
  one("finds credentials refused for a while", false, (response) => give(response, { status: 401 }), { hits: 2 }),
  one("commits, the line is cut, and the key's window passes", true, cut, { jumpMs: PAST_WINDOWS_MS }),
];
