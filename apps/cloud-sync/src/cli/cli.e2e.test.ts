import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:https";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand, serveCloud } from "../testing/run-cloud.ts";

let dir: string;
let data: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "tillsync-cli-"));
  data = join(dir, "cloud");
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function failed(args: readonly string[]): Promise<{ exit: number; code: string }> {
  const { code, stdout } = await runCommand([...args, "--json"]);
  return { exit: code, code: (JSON.parse(stdout) as { error: { code: string } }).error.code };
}

test("wrong use exits 2, and every command has its help", async () => {
  for (const args of [
    ["nonsense"],
    ["status"],
    ["status", "--data", data, "--bogus"],
    ["terminals", "--data", data],
    ["serve", "--data", data, "--port", "x"],
  ])
    expect(await failed(args)).toEqual({ exit: 2, code: "usage.invalid" });
  const help = await runCommand(["--help"]);
  expect(help.code).toBe(0);
  for (const name of ["serve", "enrol-code", "terminals", "stores", "status", "verify"]) {
    expect(help.stdout).toContain(`cloud-sync ${name} `);
    expect((await runCommand([name, "--help"])).stdout).toContain(`cloud-sync ${name} `);
  }
});

test("a folder without a cloud is told, and not made", async () => {
  for (const name of ["status", "verify"]) expect(await failed([name, "--data", data])).toEqual({ exit: 1, code: "data.not-found" });
  expect(await failed(["status", "--data", data])).toEqual({ exit: 1, code: "data.not-found" });
});

test("listening on the network without TLS, or where somebody else listens, is refused", async () => {
  expect(await failed(["serve", "--data", data, "--host", "0.0.0.0"])).toEqual({ exit: 1, code: "serve.insecure" });
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  const address = taken.address();
  const port = typeof address === "object" ? address?.port : 0;
  expect(await failed(["serve", "--data", data, "--port", String(port)])).toEqual({ exit: 1, code: "serve.address" });
  await new Promise((resolve) => taken.close(resolve));
});

test("commands without a running cloud work on its folder", async () => {
  const made = await runCommand(["enrol-code", "--data", data, "--store", "store-1", "--terminal", "till-1", "--json"]);
  expect(JSON.parse(made.stdout)).toMatchObject({
    code: expect.stringMatching(/^(\w{4}-){2}\w{4}$/),
    terminal: "till-1",
    store: "store-1",
  });
  expect(await failed(["terminals", "revoke", "nobody", "--data", data])).toEqual({ exit: 1, code: "terminal.unknown" });
  expect(await failed(["stores", "allow", "nowhere", "--data", data])).toEqual({ exit: 1, code: "store.unknown" });
  const allowed = await runCommand(["stores", "allow", "store-1", "--pos-store", "7", "--pos-store", "8", "--data", data, "--json"]);
  expect(JSON.parse(allowed.stdout)).toEqual({ store: "store-1", posStores: ["7", "8"] });
  const stores = await runCommand(["stores", "list", "--data", data, "--json"]);
  expect(JSON.parse(stores.stdout)).toEqual({ stores: [{ storeId: "store-1", shard: "main", posStores: ["7", "8"], terminals: 0 }] });
  expect((await runCommand(["enrol-code", "--data", data, "--store", "a/b", "--terminal", "t"])).code).toBe(2);
});

test("serves over TLS with certificate files", async () => {
  const [cert, key] = [join(dir, "cert.pem"), join(dir, "key.pem")];
  const subject = ["-subj", "/CN=localhost", "-days", "1", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
  execFileSync("openssl", ["req", "-x509", ...subject, "-keyout", key, "-out", cert], { stdio: "ignore" });
  const cloud = await serveCloud(["--data", data, "--host", "0.0.0.0", "--tls-cert", cert, "--tls-key", key]);
  try {
    expect(cloud.url.startsWith("https://")).toBe(true);
    const answer = await new Promise<{ status: number | undefined; headers: Record<string, unknown> }>((resolve, reject) => {
      const port = new URL(cloud.url).port;
      request({ host: "127.0.0.1", port, path: "/health", rejectUnauthorized: false }, (message) => {
        message.resume();
        resolve({ status: message.statusCode, headers: message.headers });
      })
        .on("error", reject)
        .end();
    });
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      "tillsync-wire": "1",
      "strict-transport-security": expect.any(String),
      "x-content-type-options": "nosniff",
    });
  } finally {
    expect(await cloud.end("SIGINT")).toBe(0);
  }
});
