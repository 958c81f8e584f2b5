import { findCards, type DigitRun } from "./find-cards.ts";
import { CARD_DIGITS_MIN } from "./iin.ts";

export interface MaskedBytes {
  readonly bytes: Uint8Array;
  readonly found: number;
}

const STAR = 0x2a;

/**
 * Masks card numbers in the bytes of a source, whatever their encoding: ASCII digits, one byte each (UTF-8, ISO-8859-x,
 * Windows and DOS code pages, Shift-JIS ...) or every other byte with a zero between (UTF-16 in either byte order).
 * The result has the same length, so that offsets stay; it is a copy, and the argument is left alone. Digits may be
 * split by one space, dash or tab. What follows a card number up to the end of a track is masked with it.
 */
export function maskCardNumbersInBytes(bytes: Uint8Array): MaskedBytes {
  const copy = bytes.slice();
  const found = maskAtStride(copy, 1) + (copy.includes(0) ? maskAtStride(copy, 2) : 0);
  return { bytes: copy, found };
}

/** `stride` 1: digits side by side. 2: digits with a zero byte between, which is UTF-16 of either order at either alignment. */
function maskAtStride(bytes: Uint8Array, stride: 1 | 2): number {
  let found = 0;
  for (const run of runsOf(bytes, stride)) {
    for (const card of findCards(run)) {
      found += 1;
      const track = trackEnd(bytes, run.at[card.end - 1] ?? 0, stride);
      for (const place of run.at.slice(card.first, track === undefined ? card.end - 4 : card.end)) bytes[place] = STAR;
      if (track === undefined) continue;
      for (let i = (run.at[card.end - 1] ?? 0) + stride; i < track; i += stride) bytes[i] = STAR;
    }
  }
  return found;
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;
const isSeparator = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x2d || byte === 0x09;

/** Yields the runs; for stride 2 each alignment on its own, told apart by the zero byte that must lie between two digits. */
function* runsOf(bytes: Uint8Array, stride: 1 | 2): Iterable<DigitRun> {
  for (let phase = 0; phase < stride; phase += 1) {
    for (let i = phase; i < bytes.length; i += stride) {
      if (!isDigit(bytes[i])) continue;
      const run = readRun(bytes, i, stride);
      if (run.digits.length >= CARD_DIGITS_MIN) yield run;
      i = (run.at.at(-1) ?? i) + 0;
    }
  }
}

function readRun(bytes: Uint8Array, start: number, stride: 1 | 2): DigitRun {
  const digits: number[] = [];
  const at: number[] = [];
  const groups: number[] = [0];
  for (let i = start; i < bytes.length; i += stride) {
    if (stride === 2 && i > start && bytes[i - 1] !== 0) break;
    if (isDigit(bytes[i])) {
      digits.push((bytes[i] ?? 0) - 0x30);
      at.push(i);
    } else if (isSeparator(bytes[i]) && isDigit(bytes[i + stride])) {
      groups.push(digits.length);
    } else break;
  }
  return { digits, at, groups };
}

/** Bytes that a track may have after the number, at most. */
const TRACK_MAX = 160;

/** Where the track that begins with this card number ends: after `?`, or before a byte that no track has. */
function trackEnd(bytes: Uint8Array, lastDigit: number, stride: number): number | undefined {
  const next = bytes[lastDigit + stride];
  if (next !== 0x5e && !(next === 0x3d && isDigit(bytes[lastDigit + 2 * stride]))) return undefined;
  let i = lastDigit + stride;
  for (; i < bytes.length && i < lastDigit + TRACK_MAX * stride; i += stride) {
    const byte = bytes[i] ?? 0;
    if (byte === 0x3f) return i + stride;
    const inside = (byte >= 0x20 && byte < 0x7f && byte !== 0x3c && byte !== 0x22 && byte !== 0x26) || byte === 0x5e;
    if (!inside || (next === 0x3d && !isDigit(byte) && byte !== 0x3d)) return i;
  }
  return i;
}
