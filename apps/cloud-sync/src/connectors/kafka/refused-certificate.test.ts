import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type TLSSocket } from "node:tls";
import { hasOpenssl, makeAuthority, type Authority } from "@tillsync/test-servers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { noContext, testPorts } from "../testing/context.ts";
import { makeItem } from "../testing/make-item.ts";
import { kafka } from "./kafka.ts";
import { kafkaConfigSchema } from "./manifest.ts";

describe.skipIf(!hasOpenssl)("a server that asks for a certificate (skipped without openssl, which makes them)", () => {
  const folder = mkdtempSync(join(tmpdir(), "tillsync-refused-"));
  const sockets = new Set<TLSSocket>();
  let authority: Authority;
  let server: ReturnType<typeof createServer>;
  beforeAll(async () => {
    authority = makeAuthority(folder, "authority");
    const { certificate, key } = authority.issue("broker", ["DNS:localhost"]);
    const asks = { requestCert: true, rejectUnauthorized: true, minVersion: "TLSv1.3" } as const;
    server = createServer({ cert: certificate, key, ca: authority.certificate, ...asks }, (socket) => {
      sockets.add(socket);
      socket.resume().on("error", () => undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  });

  const open = (extra: object) =>
    kafka.open(
      kafkaConfigSchema.parse({
        brokers: [`localhost:${(server.address() as AddressInfo).port}`],
        topic: "receipts",
        ca: authority.certificate,
        allowPrivateNetwork: true,
        ...extra,
      }),
      testPorts(),
    );

  test("says so long before the deadline, though the connection stood already when the server refused it", async () => {
    const session = open({});
    const before = performance.now();
    expect(await session.send(makeItem(), noContext)).toEqual({ kind: "set-up", detail: "TLS: ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED" });
    expect(performance.now() - before).toBeLessThan(8_000);
    await session.close();
  });

  test("with a certificate that it knows the same server is only silent", async () => {
    const { certificate, key } = authority.issue("tillsync");
    const session = open({ clientCertificate: certificate, clientKey: key, timeoutMs: 500 });
    expect(await session.send(makeItem(), noContext)).toEqual({ kind: "theirs", detail: "the brokers did not answer in time" });
    await session.close();
  });
});
