import { once } from "node:events";
import type { Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readCaptured } from "../health/captured.ts";
import {
  BODY_BYTES_MAX,
  CLIENT_CONNECTIONS_MAX,
  HEADER_BYTES_MAX,
  JSON_DEPTH_MAX,
  REQUESTS_MAX,
  STRANGERS_MAX,
  URL_CHARS_MAX,
} from "./limits.ts";
import { openTestIntake, type TestIntake } from "./testing/open-test-intake.ts";
import { codeOf, rawRequest, statusOf } from "./testing/raw-request.ts";
import { saleLine } from "./testing/sale-line.ts";

let till: TestIntake;
let sockets: Socket[];
beforeEach(async () => {
  till = await openTestIntake({ deadlines: { headersMs: 150, requestMs: 300, stalledMs: 5_000, checkMs: 30 } });
  sockets = [];
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await till.close();
});

const head = (line: string, more = ""): string =>
  `${line} HTTP/1.1\r\nhost: 127.0.0.1:${till.port}\r\nauthorization: Bearer ${till.token}\r\n${more}`;
const open = async (): Promise<Socket> => {
  const socket = till.connect().on("error", () => {});
  sockets.push(socket);
  // What has no reader never hears that it was closed.
  socket.resume();
  await once(socket, "connect");
  return socket;
};
let sequence = 0;
const takesASale = async (): Promise<void> => {
  sequence += 1;
  const answer = await till.post(saleLine({ sequence, day: "2026-03-05" }));
  expect([answer.status, answer.body?.results?.[0]?.result]).toEqual([200, "captured"]);
};

describe("connections", () => {
  test("a thousand that say nothing make room for each other, and a till is served meanwhile", async () => {
    // With deadlines that do not help here.
    await till.close();
    till = await openTestIntake({ deadlines: { headersMs: 60_000, requestMs: 60_000, stalledMs: 60_000, checkMs: 1_000 } });
    const flood = (async () => {
      for (let i = 0; i < 1_000; i += 1) await open();
    })();
    for (let i = 0; i < 5; i += 1) await takesASale();
    await flood;
    await takesASale();
    await expect.poll(() => sockets.filter((socket) => !socket.destroyed).length, { timeout: 10_000 }).toBeLessThanOrEqual(STRANGERS_MAX);
    await takesASale();
  });

  test("headers that drip are cut at their deadline, and a body that drips at its own", async () => {
    const slowHead = await open();
    slowHead.write("GET /v1/health HTTP/1.1\r\nhost: 127");
    const slowBody = await open();
    slowBody.write(head("POST /v1/transactions", "content-type: application/json\r\ncontent-length: 1000\r\n\r\n{"));
    const answers = await Promise.all(
      [slowHead, slowBody].map(async (socket) => {
        let text = "";
        socket.on("data", (chunk) => (text += String(chunk)));
        await once(socket, "close");
        return text;
      }),
    );
    expect(answers.map((text) => [statusOf(text), codeOf(text)])).toEqual([
      [408, "intake.too-slow"],
      [408, "intake.too-slow"],
    ]);
    await takesASale();
  });

  test("clients have a bound of their own, and the one past it is told", async () => {
    const asked = await Promise.all(
      Array.from({ length: CLIENT_CONNECTIONS_MAX }, async () => {
        const socket = await open();
        socket.write(head("GET /v1/health", "\r\n"));
        return String((await once(socket, "data"))[0]);
      }),
    );
    expect(new Set(asked.map(statusOf))).toEqual(new Set([200]));
    expect(await till.ask("/v1/health")).toMatchObject({ status: 503, body: { error: { code: "intake.busy" } } });
    const socket = sockets[0];
    socket?.destroy();
    await expect.poll(async () => (await till.ask("/v1/health")).status).toBe(200);
  });

  test("so have requests in hand: one more is told to wait, and taken when one has ended", async () => {
    const waiting = await Promise.all(
      Array.from({ length: REQUESTS_MAX }, async () => {
        const socket = await open();
        socket.write(head("POST /v1/transactions", "content-type: application/json\r\ncontent-length: 10\r\n\r\n{"));
        return socket;
      }),
    );
    await expect.poll(async () => (await till.ask("/v1/health")).status).toBe(503);
    const busy = await till.ask("/v1/health");
    expect([busy.body.error.code, busy.headers["retry-after"]]).toEqual(["intake.busy", "1"]);
    for (const socket of waiting) socket.destroy();
    await expect.poll(async () => (await till.ask("/v1/health")).status).toBe(200);
  });
});

test("a connection on which nothing moves frees its place", async () => {
  await till.close();
  till = await openTestIntake({
    enrolled: true,
    deadlines: { headersMs: 5_000, requestMs: 5_000, stalledMs: 100, checkMs: 1_000 },
    change: ({ redemptions }) => ({ redemptions: { ...redemptions, reserve: () => new Promise(() => {}) } }),
  });
  const body = JSON.stringify({ redemptionId: "r", account: { kind: "points", id: "m" }, amount: "1", unit: "points" });
  const stuck = rawRequest(
    till.port,
    head("POST /v1/redemptions", `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`),
  );
  expect(await stuck).toBe("");
  await expect.poll(() => till.intake.status()?.connections).toBe(0);
});

describe("bodies", () => {
  test("a gigabyte is refused at its announcement, or at the limit where none is announced", async () => {
    const told = await rawRequest(
      till.port,
      head("POST /v1/transactions", "content-type: application/json\r\ncontent-length: 1073741824\r\n\r\n{"),
    );
    expect([statusOf(told), codeOf(told)]).toEqual([413, "intake.too-large"]);
    const socket = await open();
    socket.write(head("POST /v1/transactions", "content-type: application/x-ndjson\r\ntransfer-encoding: chunked\r\n\r\n"));
    const piece = Buffer.concat([Buffer.from("100000\r\n"), Buffer.alloc(0x10_0000, 0x20), Buffer.from("\r\n")]);
    let sent = 0;
    const ended = new Promise((resolve) => socket.on("close", resolve));
    for (; sent < 1_024 && !socket.destroyed; sent += 1) {
      if (!socket.write(piece)) await Promise.race([new Promise((resolve) => socket.once("drain", resolve)), ended]);
    }
    expect(sent).toBeLessThan(64);
    await takesASale();
  });

  test("are taken up to the limit and not past it", async () => {
    const sale = saleLine({ sequence: 1 });
    const fits = await till.post(`${sale}${" ".repeat(BODY_BYTES_MAX - sale.length)}`);
    expect([fits.status, fits.body.results[0].result]).toEqual([200, "set-aside"]);
    const most = await till.post(`${sale}\n${`${" ".repeat(1_000)}\n`.repeat(2_000)}`);
    expect([most.status, most.body.results[0].result]).toEqual([200, "captured"]);
    const past = await rawRequest(
      till.port,
      head("POST /v1/transactions", `content-type: application/json\r\ncontent-length: ${BODY_BYTES_MAX + 1}\r\n\r\n`),
    );
    expect(statusOf(past)).toBe(413);
  });

  test("nested deeper than any transaction are refused whole, in every disguise, and a hundred thousand deep cost nothing", async () => {
    const deep = (n: number): string => `${"[".repeat(n)}${"]".repeat(n)}`;
    const at = (n: number): string => `{"a":${deep(n - 1)}}`;
    const most = await till.post(at(JSON_DEPTH_MAX));
    expect([most.status, most.body.results[0].code]).toEqual([200, "entry.schema-unknown"]);
    const disguises = [
      at(JSON_DEPTH_MAX + 1),
      at(100_000),
      "[".repeat(100_000),
      `{"a":`.repeat(100_000),
      `{"a":"\\\\",${`"b":{`.repeat(40)}`,
      `"\\\n${deep(40)}`,
      `{"open\n${deep(40)}`,
    ];
    for (const body of disguises) {
      const answer = await till.post(body);
      expect([answer.status, answer.body.error.code]).toEqual([400, "intake.invalid"]);
    }
    expect((await till.post(at(JSON_DEPTH_MAX + 1), "application/json")).status).toBe(400);
    const text = await till.post(`{"a":"${"[".repeat(50)}\\"${"{".repeat(50)}"}`);
    expect(text.status).toBe(200);
    await takesASale();
  });

  test("with keys that reach into a program's own objects are refused, escaped or not", async () => {
    const sale = JSON.parse(saleLine({ sequence: 2 })) as object;
    const bodies = [
      `{"__proto__":{"x":1}}`,
      `{"\\u005f_proto__":{"x":1}}`,
      `{"a":{"constructor":{"prototype":{}}}}`,
      JSON.stringify({ ...sale, extensions: { pos: {} } }).replace('"pos":{}', '"__proto__":{"a":"b"}'),
    ];
    for (const body of bodies) {
      for (const type of ["application/json", "application/x-ndjson"]) {
        const answer = await till.post(body, type);
        expect([answer.status, answer.body.error.code]).toEqual([400, "intake.invalid"]);
      }
    }
    expect(readCaptured(till.folder.store).transactions).toBe(0);
    const named = await till.post(JSON.stringify({ ...sale, receiptNumber: "__proto__ of a constructor" }));
    expect(named.body.results[0].result).toBe("captured");
  });

  test("of bytes that are no UTF-8 or no JSON concern their row", async () => {
    const answer = await till.ask("/v1/transactions", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: Buffer.concat([Buffer.from('{"a":"'), Buffer.of(0xff, 0xfe), Buffer.from('"}')]),
    });
    expect(answer.body.results).toMatchObject([{ result: "set-aside", code: "capture.encoding" }]);
    const broken = await till.post('{\n"a": 1,\n', "application/json");
    expect(broken.body.results).toMatchObject([{ row: 1, result: "set-aside", code: "capture.malformed" }]);
  });
});

describe("what is no HTTP", () => {
  test("headers past their size, an address past its length, and noise are answered in the catalogue's words", async () => {
    const long = await rawRequest(till.port, head("GET /v1/health", `x: ${"y".repeat(HEADER_BYTES_MAX)}\r\n\r\n`));
    expect([statusOf(long), codeOf(long)]).toEqual([431, "wire.malformed"]);
    const address = await rawRequest(till.port, head(`GET /v1/health?${"a".repeat(URL_CHARS_MAX)}`, "\r\n"));
    expect([statusOf(address), codeOf(address)]).toEqual([400, "intake.invalid"]);
    const noise = await rawRequest(till.port, "\x16\x03\x01\x02\x00 not http\r\n\r\n");
    expect([statusOf(noise), codeOf(noise)]).toEqual([400, "wire.malformed"]);
    const both = await rawRequest(
      till.port,
      head("POST /v1/transactions", "content-type: application/json\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"),
    );
    expect(statusOf(both)).toBe(400);
    await takesASale();
  });

  test("a thousand refusals write a line, not a thousand", async () => {
    for (let i = 0; i < 50; i += 1) await till.ask("/v1/health", { headers: { host: "evil.test" } });
    expect(till.logged.filter(({ level }) => level === "warn")).toHaveLength(1);
  });
});
