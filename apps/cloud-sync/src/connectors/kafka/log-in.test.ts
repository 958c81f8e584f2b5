import { createServer, type AddressInfo, type Socket } from "node:net";
import { expect, test } from "vitest";
import { noContext, testPorts } from "../testing/context.ts";
import { makeItem } from "../testing/make-item.ts";
import { kafka } from "./kafka.ts";
import { ITERATIONS_MAX } from "./log-in.ts";
import { kafkaConfigSchema } from "./manifest.ts";

const API_VERSIONS = 18;
const SASL_HANDSHAKE = 17;
const SASL_AUTHENTICATE = 36;

const int16 = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff]);
const int32 = (value: number): Buffer => Buffer.from([value >>> 24, (value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff]);
const text = (value: string): Buffer => Buffer.concat([int16(value.length), Buffer.from(value)]);

/** A broker that knows the log-in alone, and answers its first question as told; `NONCE` becomes the client's own. */
function answerLogIn(socket: Socket, first: string): void {
  socket.on("error", () => undefined);
  socket.on("data", (asked) => {
    const bytes = Buffer.from(first.replace("NONCE", /r=([^,]*)/.exec(asked.toString("latin1"))?.[1] ?? ""));
    const bodies: Record<number, Buffer> = {
      [API_VERSIONS]: Buffer.concat([int16(0), int32(1), ...[SASL_AUTHENTICATE, 0, 1].map(int16), int32(0)]),
      [SASL_HANDSHAKE]: Buffer.concat([int16(0), int32(1), text("SCRAM-SHA-512")]),
      [SASL_AUTHENTICATE]: Buffer.concat([int16(0), int16(-1), int32(bytes.length), bytes, Buffer.alloc(8)]),
    };
    const body = bodies[asked.readInt16BE(4)] ?? Buffer.alloc(0);
    socket.write(Buffer.concat([int32(body.length + 4), asked.subarray(8, 12), body]));
  });
}

test.concurrent.each([
  ["no SCRAM at all", "x"],
  ["nothing", ""],
  ["a nonce alone", "r=NONCEx"],
  ["no salt", "r=NONCEx,i=4096"],
  ["another's nonce", "r=abc,s=AAAA,i=4096"],
  ["too few rounds", "r=NONCEx,s=AAAA,i=4095"],
  ["rounds that would keep us busy for minutes", `r=NONCEx,s=AAAA,i=${ITERATIONS_MAX + 1}`],
])("a broker that answers a log-in with %s fails it, and nothing else", async (_, first) => {
  const server = createServer((socket) => answerLogIn(socket, first));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const config = kafkaConfigSchema.parse({
    brokers: [`127.0.0.1:${(server.address() as AddressInfo).port}`],
    topic: "receipts",
    tls: "off",
    allowPrivateNetwork: true,
    timeoutMs: 3_000,
    sasl: { mechanism: "SCRAM-SHA-512", user: "tillsync" },
    secret: "geheim",
  });
  const session = kafka.open(config, testPorts());
  expect(await session.send(makeItem(), noContext)).toEqual({ kind: "set-up", detail: "Kafka refuses the log-in" });
  await session.close();
  await new Promise((resolve) => server.close(resolve));
});
