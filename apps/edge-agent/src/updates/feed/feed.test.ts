import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { systemPorts } from "../../replicator/ports.ts";
import { madeRelease, madeRoot, makeSigners, place, publish, signedRelease, signedRoot } from "../testing/made-releases.ts";
import { ENVELOPE_BYTES_MAX } from "../trust/envelope.ts";
import { downloadFile } from "./download-file.ts";
import type { Feed } from "./feed.ts";
import { findRelease } from "./find-release.ts";
import { folderFeed } from "./folder-feed.ts";
import { httpFeed } from "./http-feed.ts";
import { releaseName, rootName } from "./names.ts";

const keys = makeSigners(3);
const root = madeRoot(keys);
const bytes = createHash("shake256", { outputLength: 300_000 }).update("a package").digest();
const release = madeRelease("1.1.0", bytes);
const { file } = release;
const ports = systemPorts();
const coded = (code: string): unknown => expect.objectContaining({ code });

let server: Server;
let url: string;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let asked: { path: string; range: string | undefined; encoding: string | string[] | undefined }[];
let dir: string;
let feed: Feed;

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push({
      path: request.url ?? "",
      range: request.headers.range,
      encoding: request.headers["accept-encoding"],
    });
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/updates`;
});
afterAll(() => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))));
beforeEach(() => {
  asked = [];
  dir = mkdtempSync(join(tmpdir(), "tillsync-feed-"));
  feed = httpFeed({ url, env: {} });
  answer = serve();
});
afterEach(async () => {
  await feed.close();
  rmSync(dir, { recursive: true });
});

/** A place that does everything right, unless told otherwise. */
function serve(files: Readonly<Record<string, Uint8Array>> = published()): typeof answer {
  return (request, response) => {
    const body = files[(request.url ?? "").replace("/updates/", "")];
    if (body === undefined) return void response.writeHead(404).end("<html>no</html>");
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const headers = { "content-length": body.length - from, "content-range": `bytes ${from}-${body.length - 1}/${body.length}` };
    response.writeHead(from === 0 ? 200 : 206, headers).end(body.subarray(from));
  };
}
const published = (): Record<string, Uint8Array> => ({
  [releaseName("linux", "x64", "tar")]: signedRelease(release, keys),
  [file.name]: bytes,
});

const path = (): string => join(dir, "package");
/** For the one test that is about it: on a busy machine nothing else may depend on how quick this machine is. */
const QUICK = { everyMs: 60, bytes: 1_000 };
const download = (from: Feed = feed, signal = new AbortController().signal): Promise<void> =>
  downloadFile({ feed: from, file, path: path(), ports, signal });
const find = (from: Feed = feed) => findRelease(from, root, place(), ports, new AbortController().signal);

describe("looking for a release", () => {
  it("finds the newest, by its fixed name, for this machine, unencoded", async () => {
    expect(await find()).toMatchObject({ release, roots: [] });
    expect(asked.map((one) => one.path)).toEqual(["/updates/2.root.json", "/updates/tillsync-agent-linux-x64-tar.json"]);
    expect(asked.every(({ encoding }) => encoding === "identity")).toBe(true);
  });

  it("finds nothing where there is nothing, and nothing new where it is installed", async () => {
    answer = serve({});
    expect((await find()).release).toBeUndefined();
    answer = serve({ ...published(), [releaseName("linux", "x64", "tar")]: signedRelease(madeRelease("1.0.0", bytes), keys) });
    expect((await find()).release).toBeUndefined();
  });

  it("follows new roots first, and takes no release of keys that have gone", async () => {
    const fresh = makeSigners(3);
    const next = madeRoot(fresh, 2, 2);
    const roots = { [rootName(2)]: signedRoot(next, [...keys, ...fresh]) };
    answer = serve({ ...published(), ...roots });
    await expect(find()).rejects.toMatchObject({ code: "update.signature" });
    answer = serve({ [releaseName("linux", "x64", "tar")]: signedRelease(release, fresh), ...roots });
    expect(await find()).toMatchObject({ release, roots: [{ root: next }] });
  });

  it.each<[string, typeof answer]>([
    ["another host is named", (_, response) => void response.writeHead(302, { location: "http://127.0.0.1:9/" }).end()],
    ["it fails", (_, response) => void response.writeHead(503).end("later")],
    [
      "it is encoded",
      (_, response) => void response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(Buffer.alloc(10_000_000))),
    ],
    ["it is too long", (_, response) => void response.writeHead(200).end(Buffer.alloc(ENVELOPE_BYTES_MAX + 1, 0x20))],
    ["it is cut", (_, response) => (response.writeHead(200, { "content-length": 500 }).write("{"), setImmediate(() => response.destroy()))],
    ["nobody answers rightly", (_, response) => void response.socket?.destroy()],
  ])("cannot be done where %s", async (_, broken) => {
    answer = broken;
    await expect(find()).rejects.toMatchObject({ code: "update.unreachable" });
  });

  it("is no page of a network that wants a sign-in", async () => {
    answer = (_, response) => void response.writeHead(200, { "content-type": "text/html" }).end("<html>sign in</html>");
    await expect(find()).rejects.toMatchObject({ code: "update.malformed" });
  });

  it("goes to no plain address but this machine's", () => {
    expect(() => httpFeed({ url: "http://updates.example/", env: {} })).toThrow(coded("enrol.insecure-url"));
    expect(() => httpFeed({ url: "https://user:pass@updates.example/", env: {} })).toThrow(coded("usage.invalid"));
  });
});

describe("fetching the file", () => {
  it("brings what was signed", async () => {
    await download();
    expect(readFileSync(path())).toEqual(bytes);
    expect(statSync(path()).mode & 0o077).toBe(0);
  });

  it("goes on where it stopped, and begins anew where the place cannot do that", async () => {
    writeFileSync(path(), bytes.subarray(0, 100_000));
    await download();
    expect(asked).toMatchObject([{ range: "bytes=100000-" }]);
    expect(readFileSync(path())).toEqual(bytes);
    writeFileSync(path(), bytes.subarray(0, 100_000));
    answer = (_, response) => void response.writeHead(200).end(bytes);
    await download();
    expect(readFileSync(path())).toEqual(bytes);
  });

  it("asks for nothing where all of it is there already, and starts over where more is", async () => {
    writeFileSync(path(), bytes);
    await download();
    expect(asked).toEqual([]);
    writeFileSync(path(), Buffer.concat([bytes, bytes]));
    await download();
    expect(asked).toMatchObject([{ range: undefined }]);
  });

  it("keeps what came when the line breaks, and needs no more than the rest then", async () => {
    answer = (_, response) => {
      response.writeHead(200, { "content-length": bytes.length });
      response.write(bytes.subarray(0, 200_000), () => setTimeout(() => response.destroy(), 20));
    };
    await expect(download()).rejects.toMatchObject({ code: "update.unreachable" });
    expect(statSync(path()).size).toBe(200_000);
    answer = serve();
    await download();
    expect(asked[1]).toMatchObject({ range: "bytes=200000-" });
    expect(readFileSync(path())).toEqual(bytes);
  });

  it.each<[string, Uint8Array]>([
    ["another file of the same length", Buffer.from(bytes).fill(0, 5, 6)],
    ["a longer one", Buffer.concat([bytes, Buffer.from("x")])],
  ])("keeps nothing of %s", async (_, other) => {
    answer = serve({ [file.name]: other });
    await expect(download()).rejects.toMatchObject({ code: "update.wrong-file" });
    expect(statSync(path()).size).toBe(0);
  });

  it("finds a wrong beginning out, and does not go on from it for ever", async () => {
    writeFileSync(path(), Buffer.alloc(1_000, 0x78));
    await expect(download()).rejects.toMatchObject({ code: "update.wrong-file" });
    await download();
    expect(readFileSync(path())).toEqual(bytes);
  });

  it("ends an endless body at the length that was signed", async () => {
    answer = (_, response) => {
      response.writeHead(200);
      const more = (): void => void (response.destroyed || response.write(Buffer.alloc(65_536), () => setImmediate(more)));
      more();
    };
    await expect(download()).rejects.toMatchObject({ code: "update.wrong-file" });
    expect(statSync(path()).size).toBe(0);
  });

  it("ends a body that drips, with what came kept", async () => {
    answer = (_, response) => {
      response.writeHead(200, { "content-length": bytes.length });
      const drip = setInterval(() => void response.write(Buffer.from([0x61])), 5);
      response.on("close", () => clearInterval(drip));
    };
    const began = performance.now();
    const { signal } = new AbortController();
    await expect(downloadFile({ feed, file, path: path(), ports, signal, pace: QUICK })).rejects.toMatchObject({
      code: "update.unreachable",
      detail: expect.stringContaining("bytes in 60 ms"),
    });
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it("takes no part that begins elsewhere than was asked", async () => {
    writeFileSync(path(), bytes.subarray(0, 10));
    answer = (_, response) =>
      void response.writeHead(206, { "content-range": `bytes 11-${bytes.length - 1}/${bytes.length}` }).end(bytes.subarray(11));
    await expect(download()).rejects.toMatchObject({ code: "update.unreachable" });
    expect(readFileSync(path())).toEqual(bytes.subarray(0, 10));
  });

  it("stops when the agent does", async () => {
    const ending = new AbortController();
    answer = () => ending.abort();
    await expect(download(feed, ending.signal)).rejects.toMatchObject({ code: "update.unreachable", detail: "stopped" });
  });
});

describe("a folder", () => {
  it("is a place as well, and goes on as well", async () => {
    publish(join(dir, "stick"), release, bytes, keys);
    const stick = folderFeed(join(dir, "stick"));
    expect(await find(stick)).toMatchObject({ release });
    writeFileSync(path(), bytes.subarray(0, 1_000));
    await download(stick);
    expect(readFileSync(path())).toEqual(bytes);
  });

  it("that is not there has nothing; one that holds no files is told", async () => {
    expect((await find(folderFeed(join(dir, "none")))).release).toBeUndefined();
    mkdirSync(join(dir, "odd", rootName(2)), { recursive: true });
    await expect(find(folderFeed(join(dir, "odd")))).rejects.toMatchObject({ code: "update.unreachable" });
    await expect(download(folderFeed(join(dir, "none")))).rejects.toMatchObject({ code: "update.unreachable" });
    writeFileSync(join(dir, "odd", file.name), Buffer.alloc(ENVELOPE_BYTES_MAX * 10));
    await expect(folderFeed(join(dir, "odd")).readSmall(file.name, ENVELOPE_BYTES_MAX, AbortSignal.timeout(1_000))).rejects.toMatchObject({
      code: "update.unreachable",
    });
  });
});
