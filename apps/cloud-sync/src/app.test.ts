import { once } from "node:events";
import { connect, type AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Database } from "./db/database.ts";
import { openTestDatabase } from "./db/testing/open-test-database.ts";
import { openTestCloud, type TestCloud } from "./testing/open-test-cloud.ts";

let db: Database;
let cloud: TestCloud;
let port: number;
beforeAll(async () => {
  db = await openTestDatabase();
  cloud = await openTestCloud(db, { deadlines: { headersMs: 100, requestMs: 300, checkMs: 20 } });
  await cloud.app.listen({ port: 0, host: "127.0.0.1" });
  port = (cloud.app.server.address() as AddressInfo).port;
});
afterAll(async () => {
  await cloud.app.close();
  await db.close();
});

/** All that comes until the other side closes. */
async function talk(bytes: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.write(bytes);
  await once(socket, "close");
  return Buffer.concat(chunks).toString();
}

describe("a sender that never comes to its end is answered and cut off", () => {
  test("in the headers", async () => {
    const answer = await talk("POST /v1/hello HTTP/1.1\r\nhost: x\r\nx-slow: ");
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
    expect(answer).toContain("wire.malformed");
  });

  test("in the body", async () => {
    const answer = await talk("POST /v1/hello HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{");
    expect(answer).toMatch(/^HTTP\/1.1 (408|401) /);
  });
});

test("a whole request in time is answered and the line stays open", async () => {
  const answer = await fetch(`http://127.0.0.1:${port}/health`);
  expect(answer.status).toBe(200);
});
