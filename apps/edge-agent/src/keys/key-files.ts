import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { join } from "node:path";
import { identityKeySchema, journalKeySchema, TillsyncError, type IdentityKey, type JournalKey } from "@tillsync/sync-protocol";
import { createPrivateFile, makePrivateFolder, readPrivateFile } from "./private-file.ts";
import { thumbprint } from "./thumbprint.ts";

export interface TerminalKey<PublicJwk> {
  /** Never leaves the process; exporting it is for its own file alone. */
  readonly privateKey: KeyObject;
  readonly publicJwk: PublicJwk;
  readonly thumbprint: string;
}

/** The two keys of a terminal: `identity` (ES256) proves who sends, `journal` (Ed25519) signs heads and names the journal. */
export interface TerminalKeys {
  readonly identity: TerminalKey<IdentityKey>;
  readonly journal: TerminalKey<JournalKey>;
}

/**
 * The keys of a data folder, made at first use in `DIR/keys`, readable by the owner alone. They are never sent nor
 * logged. Throws `keys.permissions`, `keys.damaged`, `keys.unreadable`, and `keys.missing` when the journal key is gone
 * while the identity key (which is written after it) is there: a new one could not carry the old journal on.
 */
export function loadOrCreateKeys(dir: string): TerminalKeys {
  const folder = join(dir, "keys");
  makePrivateFolder(dir);
  makePrivateFolder(folder);
  const files = { journal: join(folder, "journal.jwk"), identity: join(folder, "identity.jwk") };
  const [journalText, identityText] = [readPrivateFile(files.journal), readPrivateFile(files.identity)];
  if (journalText === undefined && identityText !== undefined) throw new TillsyncError("keys.missing", files.journal);
  const journal = readKey(files.journal, journalText ?? make(files.journal, () => generateKeyPairSync("ed25519").privateKey));
  const identity = readKey(
    files.identity,
    identityText ?? make(files.identity, () => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey),
  );
  return {
    identity: terminalKey(files.identity, identity, (jwk) => identityKeySchema.parse(jwk)),
    journal: terminalKey(files.journal, journal, (jwk) => journalKeySchema.parse(jwk)),
  };
}

function make(path: string, generate: () => KeyObject): string {
  const text = `${JSON.stringify(generate().export({ format: "jwk" }))}\n`;
  if (createPrivateFile(path, text)) return text;
  const others = readPrivateFile(path);
  if (others === undefined) throw new TillsyncError("keys.unreadable", path);
  return others;
}

function readKey(path: string, text: string): KeyObject {
  try {
    return createPrivateKey({ key: JSON.parse(text), format: "jwk" });
  } catch {
    // No cause: the messages of parsers quote what they read, and this is a secret.
    throw new TillsyncError("keys.damaged", path);
  }
}

function terminalKey<P extends IdentityKey | JournalKey>(path: string, privateKey: KeyObject, parse: (jwk: unknown) => P): TerminalKey<P> {
  let publicJwk: P;
  try {
    publicJwk = parse(createPublicKey(privateKey).export({ format: "jwk" }));
  } catch {
    throw new TillsyncError("keys.damaged", `${path} holds a key of another kind`);
  }
  return { privateKey, publicJwk, thumbprint: thumbprint(publicJwk) };
}
