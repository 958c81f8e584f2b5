import { randomBytes } from "node:crypto";
import { chmodSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { agentConfigSchema } from "../config/config-schema.ts";
import { readCaptured } from "../health/captured.ts";
import { addClient, listClients, revokeClient } from "./client-tokens.ts";
import { CLIENTS_MAX } from "./limits.ts";
import { openTestIntake, type Asked, type TestIntake } from "./testing/open-test-intake.ts";
import { codeOf, rawRequest, statusOf } from "./testing/raw-request.ts";
import { saleLine } from "./testing/sale-line.ts";

let till: TestIntake;
beforeAll(async () => {
  till = await openTestIntake();
});
afterAll(() => till.close());

const refused = async (path: string, asked: Asked, status: number, code: string): Promise<void> => {
  const answer = await till.ask(path, asked);
  expect([answer.status, answer.body.error.code]).toEqual([status, code]);
  expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
  expect(answer.body.error.nextStep).toMatch(/\.$/);
};
const sale = { method: "POST", body: saleLine({ sequence: 900 }), headers: { "content-type": "application/json" } };
const with_ = (headers: Record<string, string>): Asked => ({ ...sale, headers: { ...sale.headers, ...headers } });

describe("where it listens", () => {
  test("nowhere unless configured, and on this machine alone", () => {
    expect(agentConfigSchema.parse({}).intake).toBeUndefined();
    expect(agentConfigSchema.parse({ intake: {} }).intake).toEqual({ host: "127.0.0.1", port: 7317 });
    for (const host of ["0.0.0.0", "::", "192.168.0.7", "localhost", "127.0.0.2", ""])
      expect(agentConfigSchema.safeParse({ intake: { host } }).success).toBe(false);
    for (const port of [0, 65_536, 80.5]) expect(agentConfigSchema.safeParse({ intake: { port } }).success).toBe(false);
  });
});

describe("who asks", () => {
  test("by this machine's two names and port, and by no other: 421", async () => {
    for (const host of [`127.0.0.1:${till.port}`, `localhost:${till.port}`]) {
      expect((await till.ask("/v1/health", { headers: { host } })).status).toBe(200);
    }
    for (const host of [
      "evil.test",
      `evil.test:${till.port}`,
      "127.0.0.1",
      `127.0.0.1:${till.port + 1}`,
      `127.0.0.1.:${till.port}`,
      `LOCALHOST.evil.test:${till.port}`,
      `127.1:${till.port}`,
    ])
      await refused("/v1/health", { headers: { host } }, 421, "intake.host-refused");
  });

  test("with one host: none, two, or another in the request line are refused", async () => {
    const token = `authorization: Bearer ${till.token}\r\n`;
    const host = `host: 127.0.0.1:${till.port}\r\n`;
    expect(statusOf(await rawRequest(till.port, `GET /v1/health HTTP/1.1\r\n${token}${host}\r\n`))).toBe(200);
    expect(statusOf(await rawRequest(till.port, `GET /v1/health HTTP/1.1\r\n${token}\r\n`))).toBe(400);
    expect(statusOf(await rawRequest(till.port, `GET /v1/health HTTP/1.0\r\n${token}\r\n`))).toBe(421);
    expect(codeOf(await rawRequest(till.port, `GET /v1/health HTTP/1.1\r\n${token}${host}host: evil.test\r\n\r\n`))).toBe(
      "intake.host-refused",
    );
    expect(statusOf(await rawRequest(till.port, `GET http://evil.test/v1/health HTTP/1.1\r\n${token}${host}\r\n`))).toBe(421);
  });

  test("no page, not even to read, and not with a token: 403", async () => {
    for (const origin of ["https://evil.test", "null", `http://127.0.0.1:${till.port}`, `http://localhost:${till.port}`, "file://"])
      for (const asked of [{ headers: { origin } }, with_({ origin })]) await refused("/v1/health", asked, 403, "intake.browser-refused");
    await refused("/v1/status", { headers: { referer: "https://evil.test/" } }, 403, "intake.browser-refused");
    await refused("/v1/status", { headers: { "sec-fetch-site": "cross-site" } }, 403, "intake.browser-refused");
    const preflight = {
      origin: "https://evil.test",
      "access-control-request-method": "POST",
      "access-control-request-private-network": "true",
    };
    await refused("/v1/transactions", { method: "OPTIONS", token: null, headers: preflight }, 403, "intake.browser-refused");
  });

  test("no WebSocket, from a page or from anyone", async () => {
    const upgrade = `GET /v1/status HTTP/1.1\r\nhost: 127.0.0.1:${till.port}\r\nauthorization: Bearer ${till.token}\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n`;
    expect(codeOf(await rawRequest(till.port, `${upgrade}\r\n`))).toBe("intake.browser-refused");
    expect(codeOf(await rawRequest(till.port, `${upgrade}origin: https://evil.test\r\n\r\n`))).toBe("intake.browser-refused");
  });

  test("the programs of other runtimes are no browsers", async () => {
    const answer = await fetch(`http://127.0.0.1:${till.port}/v1/health`, { headers: { authorization: `Bearer ${till.token}` } });
    expect([answer.status, await answer.json()]).toEqual([200, { takesSales: true, code: null, line: "not-enrolled" }]);
  });

  test("what was refused left nothing behind", () => {
    expect(readCaptured(till.folder.store).transactions).toBe(0);
  });
});

describe("what a body may call itself", () => {
  test("JSON or lines of it; what a page can send unasked is 415", async () => {
    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=x",
      "text/plain; application/json",
      "application/csp-report",
      "text/json",
    ])
      await refused("/v1/transactions", with_({ "content-type": type }), 415, "wire.media-type");
    await refused("/v1/transactions", { method: "POST", body: sale.body }, 415, "wire.media-type");
    await refused("/v1/transactions", { method: "POST" }, 415, "wire.media-type");
    await refused("/v1/transactions", with_({ "content-encoding": "gzip" }), 415, "wire.media-type");
  });

  test("what is not there is 404 in the catalogue's words, also by another method", async () => {
    await refused("/v1/none", {}, 404, "wire.not-found");
    await refused("/v1/transactions", { method: "PUT" }, 404, "wire.not-found");
  });
});

describe("tokens", () => {
  const fresh = (name: string, may: "read" | "write" = "write"): string => addClient(till.folder.dir, { name, may, nowMs: 1, randomBytes });

  test("are needed for everything, and a wrong one, another's secret or an unknown name are one answer", async () => {
    await refused("/v1/health", { token: null }, 401, "intake.token-missing");
    const other = fresh("other").split(".")[1] ?? "";
    const secret = till.token.split(".")[1] ?? "";
    for (const token of [`till.${other}`, `nobody.${secret}`, `../till.${secret}`, secret, `${till.token}x`, "till.", `TILL.${secret}`])
      await refused("/v1/health", { token }, 401, "intake.token-invalid");
    await refused("/v1/health", { token: null, headers: { authorization: `Basic ${till.token}` } }, 401, "intake.token-invalid");
  });

  test("are not in the folder, nor in the log; their file is the owner's alone", async () => {
    const folder = join(till.folder.dir, "intake");
    const secret = till.token.split(".")[1] ?? "";
    await till.ask("/v1/health");
    const { readFileSync } = await import("node:fs");
    for (const file of readdirSync(folder)) {
      expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
      expect(readFileSync(join(folder, file), "utf8")).not.toContain(secret);
    }
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(JSON.stringify(till.logged)).not.toContain(secret);
  });

  test("end at once when they are taken back, and a new one of the name is another", async () => {
    const first = fresh("kiosk");
    expect((await till.ask("/v1/health", { token: first })).status).toBe(200);
    revokeClient(till.folder.dir, "kiosk");
    await refused("/v1/health", { token: first }, 401, "intake.token-invalid");
    const second = fresh("kiosk");
    await refused("/v1/health", { token: first }, 401, "intake.token-invalid");
    expect((await till.ask("/v1/health", { token: second })).status).toBe(200);
    expect(() => fresh("kiosk")).toThrow(expect.objectContaining({ code: "intake.client-exists" }));
    expect(() => revokeClient(till.folder.dir, "nobody")).toThrow(expect.objectContaining({ code: "intake.client-unknown" }));
    expect(listClients(till.folder.dir).map(({ name }) => name)).toEqual(["kiosk", "other", "till"]);
  });

  test("that may read post nothing", async () => {
    const token = fresh("shelf", "read");
    expect((await till.ask("/v1/status", { token })).status).toBe(200);
    await refused("/v1/transactions", { ...sale, token }, 403, "intake.read-only");
  });

  test.skipIf(process.platform === "win32")("whose file others could read are no proof", async () => {
    const token = fresh("open");
    chmodSync(join(till.folder.dir, "intake", "open.json"), 0o644);
    const answer = await till.ask("/v1/health", { token });
    expect([answer.status, answer.body.error.code]).toEqual([500, "keys.permissions"]);
    revokeClient(till.folder.dir, "open");
  });

  test("are bounded in number, and their names are plain", () => {
    for (const name of ["", "Till", "a/b", "..", "-a", "a".repeat(33)])
      expect(() => fresh(name)).toThrow(expect.objectContaining({ code: "usage.invalid" }));
    for (let i = listClients(till.folder.dir).length; i < CLIENTS_MAX; i += 1) fresh(`n-${i}`);
    expect(() => fresh("one-more")).toThrow(expect.objectContaining({ code: "usage.invalid" }));
  });
});
