import iconv from "iconv-lite";
import type { UnitLayout } from "./unit-buffer.ts";

/** How a source's bytes are read. `bom` is the length of the byte order mark that stood first. */
export interface SourceEncoding {
  /** `utf-8`, `utf-16le`, `utf-16be`, or a name that `isKnownEncoding` accepts. */
  readonly name: string;
  readonly bom: number;
}

/** Bytes needed before a decision: the longest mark has three, and UTF-16 shows in four. */
export const ENCODING_SAMPLE_BYTES = 4;

/** What the first bytes alone say: a byte order mark, or the zeros of UTF-16 beside an ASCII character. */
export function detectEncoding(first: Uint8Array): SourceEncoding | undefined {
  const [a, b, c, d] = first;
  if (a === 0xef && b === 0xbb && c === 0xbf) return { name: "utf-8", bom: 3 };
  if (a === 0xff && b === 0xfe) return { name: "utf-16le", bom: 2 };
  if (a === 0xfe && b === 0xff) return { name: "utf-16be", bom: 2 };
  if (a !== undefined && a !== 0 && b === 0 && c !== 0 && d === 0) return { name: "utf-16le", bom: 0 };
  if (a === 0 && b !== undefined && b !== 0 && c === 0 && d !== 0) return { name: "utf-16be", bom: 0 };
  return undefined;
}

/** Whether bytes of this encoding can be read, and their ASCII marks found: every encoding of iconv-lite that extends ASCII, and UTF-16. */
export function isKnownEncoding(name: string): boolean {
  const plain = normaliseEncoding(name);
  return plain === "utf-8" || plain.startsWith("utf-16") || (!NOT_ASCII.test(plain) && iconv.encodingExists(plain));
}

/** Encodings of iconv-lite whose ASCII characters are no ASCII bytes, or which are no character sets at all. */
const NOT_ASCII = /^(utf-?7|utf-?32|ucs-?2|ucs-?4|utf7imap|base64|hex|binary|ibm037|cp037|ebcdic|cp500|cp1047|iso-?2022|hz)/;

export function normaliseEncoding(name: string): string {
  const plain = name.trim().toLowerCase();
  if (plain === "utf8" || plain === "us-ascii" || plain === "ascii") return "utf-8";
  if (plain === "utf-16" || plain === "utf16" || plain === "utf16le") return "utf-16le";
  return plain === "utf16be" ? "utf-16be" : plain;
}

export const layoutOf = (encoding: string): UnitLayout => (encoding === "utf-16le" || encoding === "utf-16be" ? encoding : "bytes");

/** Text of the bytes, or `undefined` when they are not valid in the encoding (as far as it can tell: single-byte ones rarely can). */
export type Decode = (bytes: Uint8Array) => string | undefined;

/** Makes the decoder of a source, once. */
export function createDecoder(encoding: string): Decode {
  if (encoding === "utf-8" || encoding.startsWith("utf-16")) {
    const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
    return (bytes) => {
      try {
        return decoder.decode(bytes);
      } catch {
        return undefined;
      }
    };
  }
  return (bytes) => {
    const text = iconv.decode(bytes, encoding);
    return text.includes("\ufffd") ? undefined : text;
  };
}
