import { TillsyncError } from "@tillsync/sync-protocol";
import { cloudUrl } from "../../replicator/cloud-url.ts";
import { openConnections, type Connections } from "../../replicator/connections.ts";
import type { Feed, OpenedFile } from "./feed.ts";

export interface HttpFeedOptions {
  /** https, or http to this machine. */
  readonly url: string;
  readonly caFile?: string | undefined;
  readonly env: NodeJS.ProcessEnv;
}

type Answer = Awaited<ReturnType<Connections["request"]>>;

/**
 * Static files over HTTPS. Another address than the one configured is never followed to, bytes are taken as they are or
 * not at all. Deadlines are the caller's, by the signal. Throws `enrol.insecure-url` and `usage.invalid` for the address.
 */
export function httpFeed(options: HttpFeedOptions): Feed {
  const { origin, pathname } = new URL(cloudUrl(options.url));
  const base = pathname.replace(/\/+$/, "");
  let opening: Promise<Connections> | undefined;
  const get = async (name: string, signal: AbortSignal, range?: string): Promise<Answer> => {
    try {
      opening ??= openConnections({ origin, connections: 1, caFile: options.caFile, env: options.env });
      const headers = { "accept-encoding": "identity", ...(range === undefined ? {} : { range }) };
      const path = `${base}/${encodeURIComponent(name)}`;
      return await (await opening).request({ origin, method: "GET", path, headers, signal });
    } catch (cause) {
      if (cause instanceof TillsyncError) throw cause;
      throw new TillsyncError("update.unreachable", `${name}: ${codeOf(cause)}`, { cause });
    }
  };
  return {
    readSmall: async (name, bytesMax, signal) => {
      const answer = await get(name, signal);
      if (answer.statusCode === 404 || answer.statusCode === 410) {
        drop(answer);
        return undefined;
      }
      requirePlain(answer, name, [200]);
      return readBounded(answer, name, bytesMax);
    },
    open: async (name, fromByte, signal) => {
      const answer = await get(name, signal, fromByte === 0 ? undefined : `bytes=${fromByte}-`);
      requirePlain(answer, name, [200, 206]);
      return { fromByte: startOf(answer, name, fromByte), chunks: translated(answer, name) } satisfies OpenedFile;
    },
    close: async () => {
      await (await opening?.catch(() => undefined))?.destroy();
    },
  };
}

function requirePlain(answer: Answer, name: string, statuses: readonly number[]): void {
  const encoding = answer.headers["content-encoding"];
  if (statuses.includes(answer.statusCode) && (encoding === undefined || encoding === "identity")) return;
  drop(answer);
  throw new TillsyncError("update.unreachable", `${name}: status ${answer.statusCode}${encoding === undefined ? "" : `, encoded`}`);
}

/** A part is believed to be where it says that it is only if that is where it was asked for. */
function startOf(answer: Answer, name: string, asked: number): number {
  if (answer.statusCode === 200) return 0;
  const given = /^bytes (\d+)-\d+\/(?:\d+|\*)$/.exec(String(answer.headers["content-range"]))?.[1];
  if (given !== undefined && Number(given) === asked) return asked;
  drop(answer);
  throw new TillsyncError("update.unreachable", `${name}: another part than was asked for`);
}

async function readBounded(answer: Answer, name: string, bytesMax: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of translated(answer, name)) {
    size += chunk.length;
    if (size > bytesMax) throw new TillsyncError("update.unreachable", `${name}: more than ${bytesMax} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

async function* translated(answer: Answer, name: string): AsyncIterable<Uint8Array> {
  try {
    for await (const chunk of answer.body) yield chunk as Uint8Array;
  } catch (cause) {
    throw new TillsyncError("update.unreachable", `${name}: ${codeOf(cause)}`, { cause });
  } finally {
    drop(answer);
  }
}

/** Not one byte more of what is not wanted. */
const drop = (answer: Answer): void => void answer.body.on("error", () => undefined).destroy();

const codeOf = (cause: unknown): string => {
  const { code, name } = cause as { code?: unknown; name?: unknown };
  return typeof code === "string" ? code : String(name);
};
