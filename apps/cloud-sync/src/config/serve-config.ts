import { readFile } from "node:fs/promises";
import { TillsyncError } from "@tillsync/sync-protocol";
import { z } from "zod";
import { chooseDatabase, type DatabaseChoice } from "./database-choice.ts";

export interface ServeConfig {
  /** All state of this process that is not in the database; one process at a time. */
  readonly dataDir: string;
  readonly database: DatabaseChoice;
  readonly host: string;
  readonly port: number;
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly behindProxy: boolean;
  /** Origins whose pages may read reference data; none unless named. */
  readonly allowOrigins: readonly string[];
}

export const DEFAULT_PORT = 4400;

const serveFlagsSchema = z.object({
  data: z.string().min(1),
  host: z.string().min(1).default("127.0.0.1"),
  port: z.coerce.number().int().min(0).max(65_535).default(DEFAULT_PORT),
  "tls-cert": z.string().optional(),
  "tls-key": z.string().optional(),
  "behind-proxy": z.boolean().default(false),
  "allow-origin": z.array(z.string().refine(isOrigin, "an origin such as https://shop.example, without a path")).default([]),
});

/** Flags and environment of `serve`, certificate files read. Throws `usage.invalid`, `serve.insecure`, `config.unreadable`. */
export async function readServeConfig(flags: Record<string, unknown>, env: NodeJS.ProcessEnv): Promise<ServeConfig> {
  const database = chooseDatabase(flags, env);
  const parsed = serveFlagsSchema.safeParse(flags);
  if (!parsed.success)
    throw new TillsyncError("usage.invalid", `--${parsed.error.issues[0]?.path.join(".")}: ${parsed.error.issues[0]?.message}`);
  const {
    data: dataDir,
    host,
    port,
    "tls-cert": certFile,
    "tls-key": keyFile,
    "behind-proxy": behindProxy,
    "allow-origin": allowOrigins,
  } = parsed.data;
  if ((certFile === undefined) !== (keyFile === undefined))
    throw new TillsyncError("usage.invalid", "--tls-cert and --tls-key go together");
  if (certFile === undefined && !behindProxy && !isLoopback(host)) throw new TillsyncError("serve.insecure", host);
  const tls =
    certFile === undefined || keyFile === undefined ? {} : { tls: { cert: await readPem(certFile), key: await readPem(keyFile) } };
  return { dataDir, database, host, port, behindProxy, allowOrigins, ...tls };
}

/** Only names that cannot be anything else: a name that resolves to loopback today may not tomorrow. */
const isLoopback = (host: string): boolean => host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);

/** Written as browsers write it: everything else would never match. */
function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}

async function readPem(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new TillsyncError("config.unreadable", file, { cause });
  });
  if (!text.includes("-----BEGIN ")) throw new TillsyncError("config.invalid", `${file}: not PEM`);
  return text;
}
