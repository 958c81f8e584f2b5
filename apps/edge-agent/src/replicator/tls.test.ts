import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Answer } from "./answer.ts";
import { createHttpTransport } from "./http-transport.ts";
import { systemPorts } from "./ports.ts";

const hasOpenssl = ((): boolean => {
  try {
    execFileSync("openssl", ["version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

describe.skipIf(!hasOpenssl)("TLS (skipped without openssl, which makes the certificate)", () => {
  const dir = mkdtempSync(join(tmpdir(), "tillsync-tls-"));
  const [key, cert] = [join(dir, "key.pem"), join(dir, "cert.pem")];
  let server: ReturnType<typeof createServer>;

  beforeAll(async () => {
    const subject = ["-subj", "/CN=retailer", "-addext", "subjectAltName=IP:127.0.0.1"];
    const args = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", ...subject];
    execFileSync("openssl", [...args, "-keyout", key, "-out", cert], { stdio: "ignore" });
    server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) =>
      response.writeHead(200, { "tillsync-wire": "1" }).end("{}"),
    );
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(async () => {
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
    rmSync(dir, { recursive: true, force: true });
  });

  async function ask(host: string, caFile?: string): Promise<Answer> {
    const url = `https://${host}:${(server.address() as AddressInfo).port}`;
    const transport = createHttpTransport({ url, connections: 1, caFile, env: {}, ports: systemPorts() });
    try {
      return await transport.post({ path: "/v1/hello", headers: {}, body: "{}", deadlineMs: 5_000 });
    } finally {
      await transport.close();
    }
  }

  it("trusts the retailer's own authority when it is named", async () => {
    expect(await ask("127.0.0.1", cert)).toEqual({ kind: "answered", body: {} });
  });

  it("trusts no unknown certificate, and none for another name", async () => {
    expect(await ask("127.0.0.1")).toMatchObject({
      kind: "failed",
      failure: { code: "wire.unreachable", detail: "DEPTH_ZERO_SELF_SIGNED_CERT" },
    });
    expect(await ask("localhost", cert)).toMatchObject({
      kind: "failed",
      failure: { code: "wire.unreachable", detail: "ERR_TLS_CERT_ALTNAME_INVALID" },
    });
  });
});
