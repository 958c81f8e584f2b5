import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DEFAULT_PORT, readServeConfig } from "./serve-config.ts";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "tillsync-config-"));
  await writeFile(join(dir, "some.pem"), "-----BEGIN CERTIFICATE-----\n");
  await writeFile(join(dir, "some.txt"), "no certificate");
});
afterAll(() => rm(dir, { recursive: true, force: true }));
const read = (flags: Record<string, unknown>, env: NodeJS.ProcessEnv = {}) => readServeConfig({ data: dir, ...flags }, env);

test("without more it is an embedded database on loopback", async () => {
  expect(await read({})).toEqual({
    dataDir: dir,
    database: { kind: "embedded", dir },
    host: "127.0.0.1",
    port: DEFAULT_PORT,
    behindProxy: false,
    allowOrigins: [],
  });
});

test("the database's address comes from the flag, else from the environment", async () => {
  const env = { TILLSYNC_DATABASE_URL: "postgres://env/db" };
  expect((await read({}, env)).database).toEqual({ kind: "external", url: "postgres://env/db" });
  expect((await read({ "database-url": "postgresql://flag/db" }, env)).database).toEqual({ kind: "external", url: "postgresql://flag/db" });
  await expect(read({ "database-url": "mysql://x" })).rejects.toMatchObject({ code: "usage.invalid" });
});

test("the network needs TLS or a proxy in front", async () => {
  const tls = { "tls-cert": join(dir, "some.pem"), "tls-key": join(dir, "some.pem") };
  for (const host of ["0.0.0.0", "::", "10.0.0.1", "shop.example", "localhost.example"]) {
    await expect(read({ host })).rejects.toMatchObject({ code: "serve.insecure" });
    expect((await read({ host, "behind-proxy": true })).behindProxy).toBe(true);
    expect((await read({ host, ...tls })).tls).toBeDefined();
  }
  for (const host of ["127.0.0.1", "127.9.9.9", "::1", "localhost"]) expect((await read({ host })).host).toBe(host);
});

test("certificate and key go together and are PEM", async () => {
  const pem = join(dir, "some.pem");
  await expect(read({ "tls-cert": pem })).rejects.toMatchObject({ code: "usage.invalid" });
  await expect(read({ "tls-cert": pem, "tls-key": join(dir, "none.pem") })).rejects.toMatchObject({ code: "config.unreadable" });
  await expect(read({ "tls-cert": pem, "tls-key": join(dir, "some.txt") })).rejects.toMatchObject({ code: "config.invalid" });
});

test("ports are ports, and a data folder is named", async () => {
  for (const port of ["-1", "65536", "abc", "1.5"]) await expect(read({ port })).rejects.toMatchObject({ code: "usage.invalid" });
  expect((await read({ port: "65535" })).port).toBe(65_535);
  await expect(readServeConfig({}, {})).rejects.toMatchObject({ code: "usage.invalid" });
  await expect(readServeConfig({ "database-url": "postgres://x/y" }, {})).rejects.toMatchObject({ code: "usage.invalid" });
});
