import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { testPorts } from "../testing/context.ts";
import { openTokenLine } from "./client-credentials.ts";
import type { JsonLine } from "./json-line.ts";

type Answer = (response: ServerResponse, body: string) => void;

const json = (status: number, body: unknown, headers: Record<string, string> = {}): Answer => {
  return (response) => void response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
};
const token = (name: string, expires?: number): Answer =>
  json(200, { access_token: name, token_type: "Bearer", ...(expires === undefined ? {} : { expires_in: expires }) });

let server: ReturnType<typeof createServer>;
let url: string;
let nowMs: number;
let issue: Answer;
let good: string;
let issued: IncomingMessage[];
let asked: string[];
const open: JsonLine[] = [];

beforeEach(async () => {
  nowMs = 1_000_000;
  issue = token("one", 600);
  good = "one";
  issued = [];
  asked = [];
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      if (request.url === "/token") {
        issued.push(request);
        return issue(response, body);
      }
      asked.push(String(request.headers.authorization));
      const status = request.headers.authorization === `Bearer ${good}` ? 200 : 401;
      return json(status, { status })(response, body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((line) => line.close()));
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function line(over: { timeoutMs?: number; allowPrivateNetwork?: boolean; secretIn?: "basic" | "body" } = {}): JsonLine {
  const { secretIn = "basic", timeoutMs = 5_000, allowPrivateNetwork = true } = over;
  const address = { url, timeoutMs, allowPrivateNetwork };
  const credentials = { tokenUrl: `${url}/token`, clientId: "till", secret: "s3cret", scope: "orders", secretIn };
  const opened = openTokenLine(address, credentials, testPorts({ nowMs: () => nowMs }));
  open.push(opened);
  return opened;
}
const get = { method: "GET", path: "/x" } as const;

test("many requests at once fetch one token, and it is kept until shortly before its end", async () => {
  const tokens = line();
  const results = await Promise.all(Array.from({ length: 8 }, () => tokens.call(get)));
  expect(results.every(({ kind }) => kind === "answer")).toBe(true);
  expect(issued).toHaveLength(1);
  nowMs += 539_000;
  await tokens.call(get);
  expect(issued).toHaveLength(1);
  nowMs += 1_000;
  await tokens.call(get);
  expect(issued).toHaveLength(2);
});

test.each([
  ["one that lives a minute is used for half of it", 60, 29_000, 30_000],
  ["one that tells no end is used for five minutes", undefined, 299_000, 300_000],
])("%s", async (_name, expires, keptMs, overMs) => {
  issue = token("one", expires);
  const tokens = line();
  await tokens.call(get);
  nowMs += keptMs;
  await tokens.call(get);
  expect(issued).toHaveLength(1);
  nowMs += overMs - keptMs;
  await tokens.call(get);
  expect(issued).toHaveLength(2);
});

test("a refused token is dropped, and the request sent once more", async () => {
  const tokens = line();
  await tokens.call(get);
  [good, issue] = ["two", token("two", 600)];
  expect(await tokens.call(get)).toMatchObject({ kind: "answer" });
  expect(asked).toEqual(["Bearer one", "Bearer one", "Bearer two"]);
});

test("a token that is refused again is set-up: no third request", async () => {
  good = "never";
  expect(await line().call(get)).toEqual({ kind: "set-up", detail: "status 401" });
  expect(asked).toHaveLength(2);
});

test.each(["basic", "body"] as const)("the secret goes into the %s", async (secretIn) => {
  let form = "";
  issue = (response, body) => {
    form = body;
    token("one", 600)(response, body);
  };
  await line({ secretIn }).call(get);
  expect(form).toContain("grant_type=client_credentials");
  expect(form).toContain("scope=orders");
  expect(form.includes("s3cret")).toBe(secretIn === "body");
  expect(issued[0]?.headers.authorization === undefined).toBe(secretIn === "body");
});

describe("an issuer that misbehaves", () => {
  const raw = (status: number, type: string, body: string): Answer => {
    return (response) => void response.writeHead(status, { "content-type": type }).end(body);
  };
  test.each<[string, Answer, object]>([
    ["refuses the client", json(401, { error: "invalid_client" }), { kind: "set-up", detail: "token: status 401" }],
    ["refuses the scope", json(400, { error: "invalid_scope" }), { kind: "set-up", detail: "token: refused, status 400" }],
    ["sends elsewhere", json(302, {}, { location: "http://127.0.0.1/" }), { kind: "set-up", detail: "token: status 302" }],
    ["is limited", json(429, {}, { "retry-after": "7" }), { kind: "theirs", detail: "token: status 429", retryAfterMs: 7_000 }],
    ["is down", json(503, {}), { kind: "theirs", detail: "token: status 503" }],
    ["answers HTML", raw(200, "text/html", "<html>"), { kind: "theirs", detail: "token: a body that is no JSON" }],
    ["answers nothing", raw(200, "application/json", ""), { kind: "theirs", detail: "token: an answer that is no token" }],
    ["answers a list", json(200, [1]), { kind: "theirs", detail: "token: an answer that is no token" }],
    ["answers no bearer", json(200, { access_token: "one", token_type: "mac" }), { kind: "theirs" }],
    ["answers an end that is no number", json(200, { access_token: "one", token_type: "Bearer", expires_in: "soon" }), { kind: "theirs" }],
    ["cuts the line", (response) => void response.socket?.destroy(), { kind: "theirs" }],
  ])("%s: nothing was sent, and the next request asks again", async (_name, answer, result) => {
    issue = answer;
    const tokens = line();
    expect(await tokens.call(get)).toMatchObject(result);
    expect(asked).toEqual([]);
    issue = token("one", 600);
    expect(await tokens.call(get)).toMatchObject({ kind: "answer" });
  });

  test("says nothing: the deadline ends it", async () => {
    issue = () => undefined;
    expect(await line({ timeoutMs: 100 }).call(get)).toMatchObject({ kind: "theirs", detail: "token: no answer within the deadline" });
  });

  test("stands at a private address: nobody is asked", async () => {
    expect(await line({ allowPrivateNetwork: false }).call(get)).toMatchObject({ kind: "set-up" });
    expect(issued).toEqual([]);
  });

  test("quotes the secret: no detail tells it", async () => {
    issue = json(400, { error: "invalid_client", error_description: "s3cret is wrong" });
    expect(JSON.stringify(await line().call(get))).not.toContain("s3cret");
  });
});
