import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasOpenssl, makeAuthority } from "@tillsync/test-servers";
import { afterAll, describe, expect, test } from "vitest";
import { kafkaConfigSchema } from "../kafka/manifest.ts";
import { rabbitmqConfigSchema } from "../rabbitmq/manifest.ts";
import { tlsOptions } from "./tcp-address.ts";

describe.skipIf(!hasOpenssl)("our own certificate (skipped without openssl, which makes it)", () => {
  const folder = mkdtempSync(join(tmpdir(), "tillsync-pem-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const authority = hasOpenssl ? makeAuthority(folder, "authority") : undefined;
  const { certificate = "", key = "" } = authority?.issue("tillsync") ?? {};
  const { key: otherKey = "" } = authority?.issue("another") ?? {};
  const chain = `${certificate}${authority?.certificate ?? ""}`;

  const schemas = [
    ["kafka", (extra: object) => kafkaConfigSchema.safeParse({ brokers: ["k1.example:9093"], topic: "receipts", ...extra })],
    ["rabbitmq", (extra: object) => rabbitmqConfigSchema.safeParse({ urls: ["amqp://mq.example"], user: "u", secret: "pw", ...extra })],
  ] as const;

  test.each(schemas)("%s takes a certificate with its key, also with a chain, and shows it", (_, parse) => {
    for (const text of [certificate, chain, `\n${chain}\n`]) {
      const config = parse({ clientCertificate: text, clientKey: key, ca: authority?.certificate });
      expect(config.error).toBeUndefined();
      expect(config.data && tlsOptions(config.data, "k1.example")).toMatchObject({ cert: text, key, rejectUnauthorized: true });
    }
  });

  test.each(schemas)("%s refuses half of it, another one's key and what is no PEM, and quotes no key", (_, parse) => {
    const damaged = certificate.replace(/[A-Za-z]{20}/, "AAAAAAAAAAAAAAAAAAAA");
    for (const [extra, message] of [
      [{ clientCertificate: certificate }, "come together"],
      [{ clientKey: key }, "come together"],
      [{ clientCertificate: certificate, clientKey: otherKey }, "is not the certificate's"],
      [{ clientCertificate: certificate, clientKey: key, tls: "off", allowPrivateNetwork: true }, "needs tls"],
      [{ clientCertificate: damaged, clientKey: key }, "PEM of certificates"],
      [{ clientCertificate: key, clientKey: key }, "PEM of certificates"],
      [{ clientCertificate: `${certificate}${key}`, clientKey: key }, "PEM of certificates"],
      [{ clientCertificate: certificate, clientKey: key.slice(0, 60) }, "PEM of a private key"],
      [{ ca: damaged }, "PEM of certificates"],
      [{ ca: "-----BEGIN CERTIFICATE-----" }, "PEM of certificates"],
    ] as const) {
      const issues = JSON.stringify(parse(extra).error?.issues);
      expect(issues).toContain(message);
      expect(issues).not.toContain("PRIVATE KEY");
    }
  });
});
