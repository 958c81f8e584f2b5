import { randomBytes } from "node:crypto";
import { createConnection, type Socket } from "node:net";
import { ERROR_CODES, TillsyncError, type ErrorCode } from "@tillsync/sync-protocol";
import { z } from "zod";
import { readPrivateFile } from "../keys/private-file.ts";
import { controlAddress, secretPath } from "./address.ts";
import { isWindowMethod, WINDOW_METHODS } from "../window-api/methods.ts";
import { createLineReader, writeFrame } from "./frames.ts";
import type { Answer, Method, Request } from "./methods.ts";
import { isSameProof, proofOf } from "./proof.ts";

/** Answers of many files' capture are larger than requests. */
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;
const CONNECT_DEADLINE_MS = 2_000;
/** How long what only the owner asks may take. A capture reads hundreds of megabytes. */
const OWNER_DEADLINE_MS = { capture: 3_600_000, "set-aside-retry": 600_000 } as const;
const DEADLINE_MS = 10_000;

const deadlineOf = (method: Method): number =>
  isWindowMethod(method)
    ? WINDOW_METHODS[method].deadlineMs
    : ((OWNER_DEADLINE_MS as Readonly<Partial<Record<Method, number>>>)[method] ?? DEADLINE_MS);

const greetingSchema = z.object({ nonce: z.string() });
const answerSchema = z.object({
  proof: z.string().optional(),
  result: z.unknown().optional(),
  error: z.object({ code: z.string(), detail: z.string().optional() }).optional(),
});

/**
 * Asks the agent that runs on a data folder; `undefined` when none does. Throws the error that the agent answers,
 * `wire.deadline`, `wire.unreachable` when it goes away meanwhile, and `auth.invalid` when it does not know the folder's
 * secret.
 */
export async function askAgent<M extends Method>(dir: string, method: M, request: Request<M>): Promise<Answer<M> | undefined> {
  const secret = readPrivateFile(secretPath(dir))?.trim();
  if (secret === undefined) return undefined;
  const socket = await connect(controlAddress(dir));
  if (socket === undefined) return undefined;
  try {
    const nextLine = lineStream(socket, deadlineOf(method));
    const { nonce: theirs } = greetingSchema.parse(JSON.parse(await nextLine()));
    const nonce = randomBytes(16).toString("base64url");
    socket.write(writeFrame({ nonce, proof: proofOf(secret, "client", theirs, nonce), method, request }));
    return unpack(await nextLine(), proofOf(secret, "agent", nonce, theirs)) as Answer<M>;
  } finally {
    socket.destroy();
  }
}

function connect(address: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = createConnection(address);
    socket.setTimeout(CONNECT_DEADLINE_MS);
    const fail = (): void => {
      socket.destroy();
      resolve(undefined);
    };
    socket.once("error", fail).once("timeout", fail);
    socket.once("connect", () => {
      socket.removeAllListeners().setTimeout(0);
      resolve(socket);
    });
  });
}

/** The lines that the agent sends, one at a time: a greeting, then an answer. */
function lineStream(socket: Socket, deadlineMs: number): () => Promise<string> {
  const read = createLineReader(ANSWER_BYTES_MAX);
  return () =>
    new Promise((resolve, reject) => {
      const fail = (code: ErrorCode, detail: string): void => reject(new TillsyncError(code, detail));
      socket.removeAllListeners();
      socket.setTimeout(deadlineMs, () => fail("wire.deadline", "the agent"));
      socket.on("error", () => fail("wire.unreachable", "the agent"));
      socket.on("close", () => fail("wire.unreachable", "the agent hung up"));
      socket.on("data", (chunk: Uint8Array) => {
        try {
          const line = read(chunk);
          if (line !== undefined) resolve(line);
        } catch {
          fail("wire.too-large", "the agent's answer");
        }
      });
    });
}

function unpack(line: string, proof: string): unknown {
  const answer = answerSchema.parse(JSON.parse(line));
  const proven = answer.proof !== undefined && isSameProof(answer.proof, proof);
  if (answer.error !== undefined) {
    const { code, detail } = answer.error;
    throw new TillsyncError(code in ERROR_CODES ? (code as ErrorCode) : "internal.unexpected", detail);
  }
  if (!proven) throw new TillsyncError("auth.invalid", "who answers is not this folder's agent");
  return answer.result;
}
