import { randomBytes } from "node:crypto";
import { chmodSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { TillsyncError } from "@tillsync/sync-protocol";
import { z } from "zod";
import { createPrivateFile, readPrivateFile } from "../keys/private-file.ts";
import { controlAddress, secretPath } from "./address.ts";
import { createLineReader, writeFrame } from "./frames.ts";
import { isSameProof, proofOf } from "./proof.ts";
import { REQUEST_SCHEMAS, type Handlers, type Method } from "./methods.ts";

/** Windows, commands and scripts at once. A local program that opens more is refused. */
export const CLIENTS_MAX = 32;
/** A client that has connected says what it wants within this. */
export const REQUEST_DEADLINE_MS = 5_000;

const envelopeSchema = z.strictObject({
  nonce: z.string().max(100),
  proof: z.string().max(100),
  method: z.string().max(40),
  request: z.unknown(),
});

export interface ControlServer {
  readonly close: () => Promise<void>;
}

export interface ControlOptions {
  readonly handlers: Handlers;
  /** Told of failures that are bugs; the client gets `internal.unexpected`. */
  readonly onError: (error: unknown) => void;
  readonly requestDeadlineMs?: number;
}

/**
 * Listens for the folder's windows: a greeting out, one line in, one line out, then the connection ends. No TCP: nothing
 * on the network or in a browser reaches it. The socket is its owner's only, and both sides prove that they know the
 * folder's secret, for systems where a socket's rights do not count. Call it only while holding the folder's lock: it
 * removes the socket of an agent that died.
 */
export async function serveControl(dir: string, options: ControlOptions): Promise<ControlServer> {
  const secret = ensureSecret(dir);
  const address = controlAddress(dir);
  const isFile = !address.startsWith("\\\\");
  if (isFile) rmSync(address, { force: true });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    serveClient(socket, secret, options);
  });
  server.maxConnections = CLIENTS_MAX;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(address, resolve);
  });
  if (isFile) chmodSync(address, 0o600);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
        if (isFile) rmSync(address, { force: true });
      }),
  };
}

function serveClient(socket: Socket, secret: string, options: ControlOptions): void {
  const read = createLineReader();
  const nonce = randomBytes(16).toString("base64url");
  socket.setTimeout(options.requestDeadlineMs ?? REQUEST_DEADLINE_MS, () => socket.destroy());
  const onData = (chunk: Uint8Array): void => {
    let line: string | undefined;
    try {
      line = read(chunk);
    } catch (cause) {
      socket.off("data", onData);
      socket.end(writeFrame(failure(cause, options)));
      return;
    }
    if (line === undefined) return;
    socket.off("data", onData);
    socket.setTimeout(0);
    void answer(line, nonce, secret, options).then((frame) => socket.end(frame));
  };
  socket.on("data", onData);
  socket.write(writeFrame({ nonce }));
}

async function answer(line: string, nonce: string, secret: string, options: ControlOptions): Promise<string> {
  try {
    const envelope = envelopeSchema.safeParse(parseJson(line));
    if (!envelope.success) throw new TillsyncError("wire.malformed", envelope.error.issues[0]?.path.join("."));
    const { method, proof, nonce: theirs, request } = envelope.data;
    if (!isSameProof(proof, proofOf(secret, "client", nonce, theirs))) throw new TillsyncError("auth.invalid", "control secret");
    return writeFrame({ proof: proofOf(secret, "agent", theirs, nonce), ...(await result(method, request, options)) });
  } catch (cause) {
    return writeFrame(failure(cause, options));
  }
}

async function result(method: string, request: unknown, options: ControlOptions): Promise<object> {
  try {
    if (!isMethod(method)) throw new TillsyncError("wire.malformed", "method");
    return { result: await call(options.handlers, method, request) };
  } catch (cause) {
    return failure(cause, options);
  }
}

async function call(handlers: Handlers, method: Method, request: unknown): Promise<unknown> {
  const parsed = REQUEST_SCHEMAS[method].safeParse(request);
  if (!parsed.success) throw new TillsyncError("wire.malformed", parsed.error.issues[0]?.path.join("."));
  return (handlers[method] as (request: unknown) => unknown)(parsed.data);
}

const isMethod = (name: string): name is Method => Object.hasOwn(REQUEST_SCHEMAS, name);

function failure(cause: unknown, options: ControlOptions): object {
  if (cause instanceof TillsyncError) return cause.toJSON();
  options.onError(cause);
  return new TillsyncError("internal.unexpected").toJSON();
}

function ensureSecret(dir: string): string {
  const path = secretPath(dir);
  if (readPrivateFile(path) === undefined) createPrivateFile(path, `${randomBytes(32).toString("base64url")}\n`);
  return readPrivateFile(path)?.trim() ?? "";
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
