import type { Epoch, HashHex } from "../ids.ts";

/** SHA-256 of the concatenation of two byte strings, given by the host. */
export type HashPair = (left: Uint8Array, right: Uint8Array) => Uint8Array;

const encoder = new TextEncoder();
const EMPTY = new Uint8Array(0);

/**
 * The hash before the first entry. It binds a chain to its terminal's journal key and to its epoch, so that entries
 * cannot be passed off as another's. `journalKey` is the RFC 7638 thumbprint of the terminal's journal key.
 */
export const genesisHash = (hash: HashPair, journalKey: string, epoch: Epoch): Uint8Array =>
  hash(encoder.encode(`tillsync-journal/1\n${journalKey}\n${epoch}\n`), EMPTY);

/** `hash(n) = SHA-256(hash(n - 1) || line(n))`: one changed, lost or moved byte changes every later hash. */
export const nextHash = (hash: HashPair, previous: Uint8Array, line: Uint8Array): Uint8Array => hash(previous, line);

/** Hashes after each line, in order. */
export function chainHashes(hash: HashPair, previous: Uint8Array, lines: readonly Uint8Array[]): Uint8Array[] {
  let last = previous;
  return lines.map((line) => (last = nextHash(hash, last, line)));
}

/** Two digits of every byte: one look-up a byte, no parsing of what can only be right. */
const HEX_PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

export function toHex(bytes: Uint8Array): HashHex {
  let text = "";
  for (const byte of bytes) text += HEX_PAIRS[byte];
  return text as HashHex;
}

export function fromHex(text: HashHex): Uint8Array {
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

/** Hashes are no secrets: it stops at the first difference. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
