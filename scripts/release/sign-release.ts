/*
 * Signs a package, or adds a signature: each signer runs it where the key is, on the file that the one before wrote.
 *   TILLSYNC_RELEASE_KEYS=/media/key-1.pem node --conditions=tillsync-source scripts/release/sign-release.ts PACKAGE \
 *     --version 1.4.0 --platform linux --arch x64 --out FOLDER [--days 400] [--notes TEXT]
 * FOLDER then holds what is published: the package under its name, and the signed text under the name that terminals ask for.
 */
import { createHash, type KeyObject } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { releaseName } from "../../apps/edge-agent/src/updates/feed/names.ts";
import { parseEnvelope, RELEASE_TYPE } from "../../apps/edge-agent/src/updates/trust/envelope.ts";
import { releaseSchema, type Release } from "../../apps/edge-agent/src/updates/trust/release.ts";
import { signEnvelope } from "../../apps/edge-agent/src/updates/trust/sign-envelope.ts";
import { keysOf } from "./key-files.ts";
import { signRelease } from "./sign-documents.ts";

export interface SignOptions {
  readonly file: string;
  readonly out: string;
  readonly version: string;
  readonly platform: string;
  readonly arch: string;
  readonly releasedAt: Date;
  readonly expires: Date;
  readonly notes?: string | undefined;
  readonly keys: readonly KeyObject[];
}

/**
 * Writes the package and its signed text to the folder that is published. Where the text of this very file is there
 * already, its bytes are signed again and the signatures put beside the others. Returns the text's path.
 */
export function publishRelease(options: SignOptions): string {
  const bytes = readFileSync(options.file);
  const name = basename(options.file);
  const kind = name.endsWith(".deb") ? "deb" : "tar";
  const file = { name, bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
  const path = join(options.out, releaseName(options.platform, options.arch, kind));
  mkdirSync(options.out, { recursive: true });
  const others = signedBefore(path, file.sha256);
  if (others === undefined) {
    const release: Release = releaseSchema.parse({
      product: "tillsync-agent",
      version: options.version,
      platform: options.platform,
      arch: options.arch,
      package: kind,
      file,
      releasedAt: options.releasedAt.toISOString(),
      expires: options.expires.toISOString(),
      ...(options.notes === undefined ? {} : { notes: options.notes }),
    });
    writeFileSync(path, signRelease(release, options.keys));
  } else {
    const own = signEnvelope(RELEASE_TYPE, Buffer.from(others.payload, "base64"), options.keys);
    const kept = others.signatures.filter(({ keyid }) => !own.signatures.some((signature) => signature.keyid === keyid));
    writeFileSync(path, `${JSON.stringify({ ...own, signatures: [...kept, ...own.signatures] })}\n`);
  }
  if (resolve(options.file) !== resolve(options.out, name)) copyFileSync(options.file, join(options.out, name));
  return path;
}

function signedBefore(path: string, sha256: string) {
  if (!existsSync(path)) return undefined;
  const envelope = parseEnvelope(readFileSync(path));
  const release = releaseSchema.parse(JSON.parse(Buffer.from(envelope.payload, "base64").toString("utf8")));
  return release.file.sha256 === sha256 ? envelope : undefined;
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      version: { type: "string", default: "" },
      platform: { type: "string", default: "linux" },
      arch: { type: "string", default: "x64" },
      out: { type: "string" },
      days: { type: "string", default: "400" },
      notes: { type: "string" },
    },
  });
  const [file] = positionals;
  if (file === undefined || values.out === undefined) throw new Error("name the package and --out FOLDER");
  const releasedAt = new Date();
  const expires = new Date(releasedAt.getTime() + Number(values.days) * 86_400_000);
  const path = publishRelease({
    ...values,
    out: values.out,
    file,
    releasedAt,
    expires,
    keys: keysOf(process.env, "TILLSYNC_RELEASE_KEYS"),
  });
  process.stdout.write(`${path}\n`);
}
