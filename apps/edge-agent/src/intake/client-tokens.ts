import { createHash, timingSafeEqual } from "node:crypto";
import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { TillsyncError } from "@tillsync/sync-protocol";
import { z } from "zod";
import { createPrivateFile, makePrivateFolder, readPrivateFile } from "../keys/private-file.ts";
import { CLIENTS_MAX } from "./limits.ts";

const SECRET_BYTES = 32;
const SUFFIX = ".json";
/** A program's name: part of its token, of a file's name and of what is captured through it. */
const clientName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, "1 to 32 of a-z 0-9 -, no leading dash");
const TOKEN = /^Bearer ([a-z0-9][a-z0-9-]{0,31})\.([A-Za-z0-9_-]{43})$/;

const clientFileSchema = z.strictObject({
  name: clientName,
  /** SHA-256 of the secret, base64url. The secret has 256 random bits: a slow hash would add nothing. */
  hash: z.string().length(43),
  may: z.enum(["read", "write"]),
  createdAtMs: z.number().int(),
});

/** A program on this machine that may use the interface. */
export interface Client {
  readonly name: string;
  /** `read`: questions alone. `write`: transactions, redemptions and steps of orders too. */
  readonly may: "read" | "write";
  readonly createdAtMs: number;
}

export interface NewClient {
  readonly name: string;
  readonly may: Client["may"];
  readonly nowMs: number;
  readonly randomBytes: (count: number) => Uint8Array;
}

const folderOf = (dir: string): string => join(dir, "intake");
const fileOf = (dir: string, name: string): string => join(folderOf(dir), name + SUFFIX);
const hashOf = (secret: string): Buffer => createHash("sha256").update(secret).digest();

/**
 * Makes a token for a program. It is returned and kept nowhere; the data folder gets its hash, readable to the owner
 * alone. Throws `usage.invalid`, `intake.client-exists`.
 */
export function addClient(dir: string, client: NewClient): string {
  const name = readName(client.name);
  if (listClients(dir).length >= CLIENTS_MAX) throw new TillsyncError("usage.invalid", `${CLIENTS_MAX} clients are the most`);
  const secret = Buffer.from(client.randomBytes(SECRET_BYTES)).toString("base64url");
  makePrivateFolder(folderOf(dir));
  const file = { name, hash: hashOf(secret).toString("base64url"), may: client.may, createdAtMs: client.nowMs };
  if (!createPrivateFile(fileOf(dir, name), `${JSON.stringify(file)}\n`)) throw new TillsyncError("intake.client-exists", name);
  return `${name}.${secret}`;
}

/** All programs that have a token, by name. */
export function listClients(dir: string): Client[] {
  let files: string[];
  try {
    files = readdirSync(folderOf(dir));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw new TillsyncError("keys.unreadable", folderOf(dir), { cause });
  }
  return files
    .filter((file) => file.endsWith(SUFFIX))
    .toSorted()
    .flatMap((file) => readClient(dir, file.slice(0, -SUFFIX.length))?.client ?? []);
}

/** Takes a token back; it is refused from the next request on. Throws `usage.invalid`, `intake.client-unknown`. */
export function revokeClient(dir: string, name: string): void {
  const path = fileOf(dir, readName(name));
  if (statSync(path, { throwIfNoEntry: false }) === undefined) throw new TillsyncError("intake.client-unknown", name);
  rmSync(path);
}

/** Whose token a header holds. Throws `intake.token-missing`, `intake.token-invalid`; the answer is the same for an unknown name. */
export type Authenticate = (authorization: string | undefined) => Client;

/**
 * Looks at the client's file for every request, so that a revoked token ends at once; its content is read again only
 * when the file is another one.
 */
export function openClients(dir: string): Authenticate {
  const known = new Map<string, { stamp: string; client: Client; hash: Buffer }>();
  return (authorization) => {
    if (authorization === undefined) throw new TillsyncError("intake.token-missing");
    const [, name = "", secret = ""] = TOKEN.exec(authorization) ?? [];
    const stamp = name === "" ? undefined : stampOf(fileOf(dir, name));
    if (stamp === undefined) {
      known.delete(name);
      throw new TillsyncError("intake.token-invalid");
    }
    let entry = known.get(name);
    if (entry?.stamp !== stamp) {
      const read = readClient(dir, name);
      if (read === undefined) throw new TillsyncError("intake.token-invalid");
      entry = { stamp, ...read };
      known.set(name, entry);
    }
    if (!timingSafeEqual(hashOf(secret), entry.hash)) throw new TillsyncError("intake.token-invalid");
    return entry.client;
  };
}

function stampOf(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stat === undefined ? undefined : `${stat.ino}/${stat.mtimeNs}/${stat.ctimeNs}/${stat.size}`;
}

function readClient(dir: string, name: string): { client: Client; hash: Buffer } | undefined {
  const path = fileOf(dir, name);
  const text = readPrivateFile(path);
  if (text === undefined) return undefined;
  const parsed = clientFileSchema.safeParse(parseJson(text));
  if (!parsed.success || parsed.data.name !== name) throw new TillsyncError("keys.damaged", path);
  const { may, createdAtMs } = parsed.data;
  return { client: { name, may, createdAtMs }, hash: Buffer.from(parsed.data.hash, "base64url") };
}

function readName(name: string): string {
  const parsed = clientName.safeParse(name);
  if (!parsed.success) throw new TillsyncError("usage.invalid", `NAME: ${parsed.error.issues[0]?.message ?? ""}`);
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
