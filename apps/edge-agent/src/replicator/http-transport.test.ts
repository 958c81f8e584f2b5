import { createServer as createTcpServer, type AddressInfo } from "node:net";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import type { Answer } from "./answer.ts";
import { createHttpTransport, type Transport } from "./http-transport.ts";
import { ANSWER_BYTES_MAX } from "./limits.ts";
import { systemPorts } from "./ports.ts";
import { serve } from "./testing/serve-cloud.ts";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

const transportTo = (url: string, env: NodeJS.ProcessEnv = {}): Transport => {
  const transport = createHttpTransport({ url, connections: 2, env, ports: systemPorts() });
  closers.push(() => transport.close());
  return transport;
};

async function against(listener: RequestListener, deadlineMs = 5_000): Promise<Answer> {
  const served = await serve(listener);
  closers.push(() => served.close());
  return transportTo(served.url).post({ path: "/v1/hello", headers: { "content-type": "application/json" }, body: "{}", deadlineMs });
}

const ours = { "tillsync-wire": "1", "content-type": "application/json" };
const failureOf = (answer: Answer) => (answer.kind === "failed" ? answer.failure : answer);

describe("an answer of the cloud", () => {
  it("is given as JSON", async () => {
    expect(await against((_, response) => response.writeHead(200, ours).end('{"ok":1}'))).toEqual({ kind: "answered", body: { ok: 1 } });
  });

  it("arrives whole where it comes in pieces", async () => {
    const answer = await against((_, response) => {
      response.writeHead(200, ours).write('{"ok"');
      setTimeout(() => response.end(":2}"), 20);
    });
    expect(answer).toEqual({ kind: "answered", body: { ok: 2 } });
  });

  it("keeps the body that was sent as it is, and the path before ours", async () => {
    let seen = "";
    const served = await serve((request: IncomingMessage, response: ServerResponse) => {
      request.setEncoding("utf8").on("data", (text: string) => (seen += `${request.url} ${text}`));
      request.on("end", () => response.writeHead(200, ours).end("{}"));
    });
    closers.push(() => served.close());
    await transportTo(`${served.url}/tills`).post({ path: "/v1/hello", headers: {}, body: "bytes", deadlineMs: 5_000 });
    expect(seen).toBe("/tills/v1/hello bytes");
  });

  it.each([
    [401, { error: { code: "auth.clock", message: "m" }, serverTimeMs: 5 }, { code: "auth.clock", serverTimeMs: 5 }],
    [403, { error: { code: "auth.revoked", message: "m" } }, { code: "auth.revoked" }],
    [413, { error: { code: "wire.too-large", message: "m" } }, { code: "wire.too-large" }],
    [426, { error: { code: "wire.version", message: "m" } }, { code: "wire.version" }],
    [418, { error: { code: "a.code-of-later", message: "m" } }, { code: "wire.malformed" }],
    [502, undefined, { code: "internal.unexpected" }],
  ])("of status %i is a failure with its code", async (status, body, expected) => {
    expect(failureOf(await against((_, response) => response.writeHead(status, ours).end(JSON.stringify(body))))).toMatchObject(expected);
  });

  it.each([503, 429])("of status %i says how long to wait", async (status) => {
    const answer = await against((_, response) => response.writeHead(status, { ...ours, "retry-after": "7" }).end());
    expect(failureOf(answer)).toMatchObject({ code: "wire.busy", retryAfterMs: 7_000 });
  });
});

describe("what is no answer of the cloud", () => {
  it.each([
    [200, "wire.sign-in"],
    [302, "wire.sign-in"],
    [401, "wire.sign-in"],
    [511, "wire.sign-in"],
    [407, "wire.proxy-refused"],
    // A gateway's own page: it does not reach the cloud, and no person at the till can help.
    [500, "wire.unreachable"],
    [502, "wire.unreachable"],
  ])("is never taken for one: a page with status %i", async (status, code) => {
    const answer = await against((_, response) =>
      response.writeHead(status, { "content-type": "text/html", location: "https://login.example" }).end("<html>sign in</html>"),
    );
    expect(failureOf(answer)).toMatchObject({ code, detail: expect.stringContaining(String(status)) });
  });

  it("is told from JSON that lacks our header", async () => {
    const json = { "content-type": "application/json" };
    expect(failureOf(await against((_, response) => response.writeHead(200, json).end('{"ok":1}')))).toMatchObject({
      code: "wire.not-cloud",
    });
  });

  it("is one of another version of the wire", async () => {
    const answer = await against((_, response) => response.writeHead(200, { ...ours, "tillsync-wire": "2" }).end("{}"));
    expect(failureOf(answer)).toMatchObject({ code: "wire.version" });
  });

  it("is HTML behind our header, or half an answer", async () => {
    expect(failureOf(await against((_, response) => response.writeHead(200, ours).end("<html>")))).toMatchObject({
      code: "wire.not-cloud",
    });
    expect(failureOf(await against((_, response) => response.writeHead(200, ours).end('{"outcome":"st')))).toMatchObject({
      code: "wire.not-cloud",
    });
  });

  it("is one without end", async () => {
    const answer = await against((_, response) => {
      response.writeHead(200, ours);
      const chunk = Buffer.alloc(256 * 1024, 0x20);
      const pour = (): void => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on("drain", pour).on("error", () => undefined);
      pour();
    });
    expect(failureOf(answer)).toMatchObject({ code: "wire.not-cloud", detail: "the answer is too long" });
    expect(ANSWER_BYTES_MAX).toBe(4 * 1024 * 1024);
  });

  it("is no HTTP at all", async () => {
    const server = createTcpServer((socket) =>
      socket
        .on("error", () => undefined)
        .resume()
        .end("SSH-2.0-OpenSSH_9.7\r\n"),
    );
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    closers.push(() => new Promise((resolve) => void server.close(() => resolve())));
    const { port } = server.address() as AddressInfo;
    const answer = await transportTo(`http://127.0.0.1:${port}`).post({ path: "/v1/hello", headers: {}, body: "{}", deadlineMs: 5_000 });
    expect(failureOf(answer)).toMatchObject({ code: "wire.not-cloud" });
  });
});

describe("a line that fails", () => {
  it("is unreachable when nobody listens", async () => {
    const served = await serve(() => undefined);
    await served.close();
    const answer = await transportTo(served.url).post({ path: "/v1/hello", headers: {}, body: "{}", deadlineMs: 5_000 });
    expect(failureOf(answer)).toEqual({ code: "wire.unreachable", detail: "ECONNREFUSED" });
  });

  it("is unreachable when the name does not resolve", async () => {
    const answer = await transportTo("https://cloud.invalid").post({ path: "/v1/hello", headers: {}, body: "{}", deadlineMs: 5_000 });
    expect(failureOf(answer)).toMatchObject({ code: "wire.unreachable" });
  });

  it("is unreachable when the connection breaks before or within the answer", async () => {
    expect(failureOf(await against((request) => request.socket.destroy()))).toMatchObject({ code: "wire.unreachable" });
    const torn = await against((_, response) => {
      response.writeHead(200, { ...ours, "content-length": "100" }).write('{"outcome":');
      setTimeout(() => response.destroy(), 10);
    });
    expect(failureOf(torn)).toMatchObject({ code: "wire.unreachable" });
  });

  it("ends at the deadline when nothing comes", async () => {
    expect(failureOf(await against(() => undefined, 60))).toMatchObject({ code: "wire.deadline" });
  });

  it("ends at the deadline when the answer drips for ever", async () => {
    const answer = await against((_, response) => {
      response.writeHead(200, ours);
      const drip = setInterval(() => response.write(" "), 10);
      response.on("close", () => clearInterval(drip));
    }, 80);
    expect(failureOf(answer)).toMatchObject({ code: "wire.deadline" });
  });

  it("ends when it is given up", async () => {
    const served = await serve(() => undefined);
    closers.push(() => served.close());
    const abort = new AbortController();
    const answer = transportTo(served.url).post({ path: "/v1/hello", headers: {}, body: "{}", deadlineMs: 5_000, signal: abort.signal });
    setTimeout(() => abort.abort(), 20);
    expect(failureOf(await answer)).toMatchObject({ code: "wire.unreachable" });
  });

  it("tells a file of authorities that cannot be read", async () => {
    const transport = createHttpTransport({
      url: "https://cloud.invalid",
      connections: 1,
      caFile: "/nowhere/ca.pem",
      env: {},
      ports: systemPorts(),
    });
    const answer = await transport.post({ path: "/v1/hello", headers: {}, body: "{}", deadlineMs: 5_000 });
    expect(failureOf(answer)).toMatchObject({ code: "config.unreadable", detail: "/nowhere/ca.pem" });
  });
});

describe("after a sleep", () => {
  it("gives up what hangs on old connections, and goes on over new ones", async () => {
    const ports: (number | undefined)[] = [];
    let hang = false;
    const served = await serve((request, response) => {
      ports.push(request.socket.remotePort);
      if (!hang) response.writeHead(200, ours).end("{}");
    });
    closers.push(() => served.close());
    const transport = transportTo(served.url);
    const post = () => transport.post({ path: "/v1/hello", headers: {}, body: "{}", deadlineMs: 5_000 });
    await post();
    await post();
    hang = true;
    const hanging = post();
    while (ports.length < 3) await new Promise((resolve) => void setTimeout(resolve, 5));
    await transport.renew?.();
    expect(failureOf(await hanging)).toMatchObject({ code: "wire.unreachable" });
    hang = false;
    expect((await post()).kind).toBe("answered");
    expect(ports.slice(0, 3)).not.toContain(ports[3]);
  });
});

describe("a proxy", () => {
  /** Refuses every connection with a status; tells what it was asked. */
  async function refusingProxy(status: number): Promise<{ env: NodeJS.ProcessEnv; asked: string[] }> {
    const asked: string[] = [];
    const proxy = createTcpServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", (bytes) => {
        asked.push(bytes.toString().split("\r\n")[0] ?? "");
        socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
      });
    });
    await new Promise<void>((resolve) => void proxy.listen(0, "127.0.0.1", resolve));
    closers.push(() => new Promise((resolve) => void proxy.close(() => resolve())));
    return { asked, env: { HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, HTTP_PROXY: "http://127.0.0.1:9" } };
  }

  it("is used for other machines and never for this one", async () => {
    const { env, asked } = await refusingProxy(407);
    const far = await transportTo("https://cloud.example", env).post({ path: "/v1/hello", headers: {}, body: "{}", deadlineMs: 5_000 });
    expect(failureOf(far)).toMatchObject({ code: "wire.proxy-refused" });
    expect(asked).toEqual(["CONNECT cloud.example:443 HTTP/1.1"]);
    const served = await serve((_, response) => response.writeHead(200, ours).end("{}"));
    closers.push(() => served.close());
    const near = await transportTo(served.url, env).post({ path: "/v1/hello", headers: {}, body: "{}", deadlineMs: 5_000 });
    expect(near.kind).toBe("answered");
  });

  it.each([
    [403, "wire.proxy-refused"],
    [502, "wire.unreachable"],
  ])("that answers %i is told from one that lets us through and one that finds no cloud", async (status, code) => {
    const { env } = await refusingProxy(status);
    const far = await transportTo("https://cloud.example", env).post({ path: "/v1/hello", headers: {}, body: "{}", deadlineMs: 5_000 });
    expect(failureOf(far)).toMatchObject({ code });
  });
});
