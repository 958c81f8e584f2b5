import { randomBytes } from "node:crypto";
import { createConnection, type Socket } from "node:net";
import { ERROR_CODES, TillsyncError, type ErrorCode } from "@tillsync/sync-protocol";
import { z } from "zod";
import { isWindowMethod, WINDOW_METHODS } from "../window-api/methods.ts";
import { controlAddress } from "./address.ts";
import { readDoorSecret } from "./door-secret.ts";
import { createLineReader, writeFrame } from "./frames.ts";
import type { Answer, Method, Request } from "./methods.ts";
import { CONTROL_VERSION, seal, sessionKey, textOf, unseal } from "./seal.ts";

/** Answers of many files' capture are larger than requests. */
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;
const CONNECT_DEADLINE_MS = 2_000;
/** How long what only the owner asks may take. A capture reads hundreds of megabytes. */
const OWNER_DEADLINE_MS = { capture: 3_600_000, "set-aside-retry": 600_000, "updates-check": 4 * 3_600_000 } as const;
const DEADLINE_MS = 10_000;

const deadlineOf = (method: Method): number =>
  isWindowMethod(method)
    ? WINDOW_METHODS[method].deadlineMs
    : ((OWNER_DEADLINE_MS as Readonly<Partial<Record<Method, number>>>)[method] ?? DEADLINE_MS);

/** A connection that was closed before the agent has said anything made room for others: it is tried again this often. */
const KNOCKS_MAX = 5;
const KNOCK_AGAIN_MS = 40;

const greetingSchema = z.object({ tillsync: z.number().int(), nonce: z.string().regex(/^[A-Za-z0-9_-]{1,100}$/) });
const answerSchema = z.object({
  result: z.unknown().optional(),
  error: z.object({ code: z.string(), detail: z.string().optional() }).optional(),
});
/** What somebody may say who has not proven to be the agent: that we are refused, and nothing that could be acted on. */
const UNPROVEN: ReadonlySet<string> = new Set<ErrorCode>(["auth.invalid", "door.busy", "wire.too-large"]);

export interface AskOptions {
  /** Aborts the question; the agent hears of it and stops waiting. Rejects with `wire.unreachable`. */
  readonly signal?: AbortSignal;
}

/**
 * Asks the agent behind a door: its data folder, or the folder of its staff's door, which takes what a window may ask.
 * `undefined` when none is there. Throws the error that the agent answers, `wire.deadline`, `wire.unreachable` when it goes
 * away meanwhile, `wire.version`, and `auth.invalid` when who answers does not know the door's secret. A question that was
 * sent is never sent again.
 */
export async function askAgent<M extends Method>(
  dir: string,
  method: M,
  request: Request<M>,
  options: AskOptions = {},
): Promise<Answer<M> | undefined> {
  const secret = readDoorSecret(dir);
  if (secret === undefined) return undefined;
  const met = await meet(controlAddress(dir, secret));
  if (met === undefined) return undefined;
  const { socket, nonce } = met;
  const hangUp = (): void => void socket.destroy();
  try {
    options.signal?.addEventListener("abort", hangUp, { once: true });
    if (options.signal?.aborted === true) hangUp();
    const own = randomBytes(16).toString("base64url");
    const key = sessionKey(secret, nonce, own);
    const answered = met.nextLine(deadlineOf(method));
    socket.write(writeFrame(seal(key, "hello", own)) + writeFrame(seal(key, "request", JSON.stringify({ method, request }))));
    return unpack(await answered, key) as Answer<M>;
  } finally {
    options.signal?.removeEventListener("abort", hangUp);
    socket.destroy();
  }
}

interface Met {
  readonly socket: Socket;
  readonly nonce: string;
  readonly nextLine: (deadlineMs: number) => Promise<string>;
}

/** A connection that has been greeted; undefined where nobody listens. */
async function meet(address: string): Promise<Met | undefined> {
  for (let knocks = 1; ; knocks += 1) {
    const socket = await connect(address);
    if (socket === undefined) return undefined;
    const nextLine = lineStream(socket);
    try {
      return { socket, nonce: readGreeting(await nextLine(DEADLINE_MS)), nextLine };
    } catch (cause) {
      socket.destroy();
      if (knocks >= KNOCKS_MAX || !(cause instanceof TillsyncError) || cause.code !== "wire.unreachable") throw cause;
      await new Promise((resolve) => setTimeout(resolve, KNOCK_AGAIN_MS * knocks * (0.5 + Math.random())));
    }
  }
}

function readGreeting(line: string): string {
  const greeting = greetingSchema.safeParse(parseJson(line));
  if (!greeting.success) throw new TillsyncError("auth.invalid", NOT_OURS);
  if (greeting.data.tillsync !== CONTROL_VERSION) throw new TillsyncError("wire.version", `control ${greeting.data.tillsync}`);
  return greeting.data.nonce;
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

/** The lines that the agent sends, one at a time: a greeting, then an answer. Each has its deadline, however it drips. */
function lineStream(socket: Socket): Met["nextLine"] {
  const reader = createLineReader();
  return (deadlineMs) =>
    new Promise((resolve, reject) => {
      socket.removeAllListeners();
      const fail = (code: ErrorCode, detail: string): void => {
        clearTimeout(late);
        reject(new TillsyncError(code, detail));
      };
      const late = setTimeout(() => fail("wire.deadline", "the agent"), deadlineMs);
      socket.on("error", () => fail("wire.unreachable", "the agent"));
      socket.on("close", () => fail("wire.unreachable", "the agent hung up"));
      socket.on("data", (chunk: Uint8Array) => {
        try {
          reader.push(chunk);
          const line = reader.line(ANSWER_BYTES_MAX);
          if (line === undefined) return;
          clearTimeout(late);
          resolve(line);
        } catch {
          fail("wire.too-large", "the agent's answer");
        }
      });
    });
}

const NOT_OURS = "who answers is not this folder's agent";

function unpack(line: string, key: Buffer): unknown {
  const proven = unseal(key, "answer", line);
  const answer = answerSchema.safeParse(parseJson(proven ?? textOf(line)));
  if (!answer.success) throw new TillsyncError("auth.invalid", NOT_OURS);
  const { error, result } = answer.data;
  if (error !== undefined && (proven !== undefined || UNPROVEN.has(error.code)))
    throw new TillsyncError(Object.hasOwn(ERROR_CODES, error.code) ? (error.code as ErrorCode) : "internal.unexpected", error.detail);
  if (proven === undefined) throw new TillsyncError("auth.invalid", NOT_OURS);
  return result;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
