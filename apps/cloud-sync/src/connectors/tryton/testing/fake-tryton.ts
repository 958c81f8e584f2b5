import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { FAKE_COMPANY, FakeError, type FakeBooks } from "./fake-books.ts";

export interface FakeCall {
  readonly method: string;
  readonly params: readonly unknown[];
}

/** What happens to one call; `commit` does what the call asks and gives the answer's body. */
export type Fate = (response: ServerResponse, commit: () => string) => void;

export const fates = {
  fine: (response, commit) => answer(response, commit()),
  /** It is done, and nobody hears of it. */
  cutAfterCommit: (response, commit) => {
    commit();
    response.socket?.destroy();
  },
  /** The line brings it twice; the second answer is heard. */
  doubled: (response, commit) => {
    commit();
    answer(response, commit());
  },
  cutBefore: (response) => void response.socket?.destroy(),
  htmlAfterCommit: (response, commit) => {
    commit();
    response.writeHead(200, { "content-type": "text/html" }).end("<html>sign in</html>");
  },
  endlessAfterCommit: (response, commit) => {
    commit();
    response.writeHead(200, { "content-type": "application/json" });
    const chunk = Buffer.alloc(64 * 1024, 32);
    const more = (): void => {
      while (!response.destroyed && response.write(chunk));
      if (!response.destroyed) response.once("drain", more);
    };
    response.on("error", () => undefined);
    more();
  },
  anothersAnswer: (response, commit) => {
    commit();
    answer(response, JSON.stringify({ id: 999_999, result: null }));
  },
  sessionEnded: (response) => void response.writeHead(401, { "content-type": "text/html" }).end("<html>401</html>"),
  tooMany: (response) => void response.writeHead(429, { "retry-after": "7" }).end(),
  down: (response) => void response.writeHead(503).end(),
  busy: (response, _commit) => answer(response, '{"id":__ID__,"error":["database is locked",""]}'),
  unknownError: (response, _commit) => answer(response, `{"id":__ID__,"error":["'NoneType' object is not iterable",""]}`),
} as const satisfies Record<string, Fate>;

export interface FakeTryton {
  readonly url: string;
  /** Model calls since the last `decide`, log-ins left out. */
  readonly calls: FakeCall[];
  readonly logins: number;
  /** What happens to the calls from now on; `at` counts them from 0. */
  decide(fate: (at: number, call: FakeCall) => Fate): void;
  close(): Promise<void>;
}

const answer = (response: ServerResponse, body: string): void => {
  const id = String(response.getHeader("x-call"));
  response.writeHead(200, { "content-type": "application/json" }).end(body.replaceAll("__ID__", id));
};

/** Tryton's JSON-RPC over `books`. */
export async function startFakeTryton(books: FakeBooks): Promise<FakeTryton> {
  const calls: FakeCall[] = [];
  let logins = 0;
  let fate: (at: number, call: FakeCall) => Fate = () => fates.fine;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { id, method, params } = JSON.parse(Buffer.concat(chunks).toString()) as FakeCall & { id: number };
      response.setHeader("x-call", id);
      if (method === "common.db.login") {
        logins += 1;
        return answer(response, `{"id":__ID__,"result":[2,"${"ab".repeat(32)}"]}`);
      }
      if (method.endsWith("get_preferences")) return answer(response, `{"id":__ID__,"result":{"company":${FAKE_COMPANY},"language":"en"}}`);
      calls.push({ method, params });
      return fate(calls.length - 1, { method, params })(response, () => commit(books, id, method, params));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    get logins() {
      return logins;
    },
    decide: (next) => {
      calls.length = 0;
      fate = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function commit(books: FakeBooks, id: number, method: string, params: readonly unknown[]): string {
  const parts = method.split(".");
  try {
    const result = books.run(parts.slice(1, -1).join("."), parts.at(-1) ?? "", params);
    return JSON.stringify({ id, result });
  } catch (error) {
    if (error instanceof FakeError) return `{"id":${id},"error":${error.message}}`;
    throw error;
  }
}
