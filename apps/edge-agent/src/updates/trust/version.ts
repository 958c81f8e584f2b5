import { z } from "zod";

/** A version is short; what is longer is none. */
const VERSION_CHARS_MAX = 64;
const NUMBER = String.raw`(0|[1-9]\d{0,8})`;
const PART = String.raw`(?:0|[1-9]\d{0,8}|\d*[a-z-][0-9a-z-]*)`;
const VERSION = new RegExp(String.raw`^${NUMBER}\.${NUMBER}\.${NUMBER}(?:-(${PART}(?:\.${PART})*))?$`);

/**
 * `MAJOR.MINOR.PATCH` of semantic versioning, with a pre-release where there is one. No build part: two versions that
 * compare as the same would then differ. Lower case, so that no file system takes two for one.
 */
export const versionSchema = z.string().max(VERSION_CHARS_MAX).regex(VERSION, "a version such as 1.4.0 or 1.5.0-rc.2");

/** Below zero when `a` is older than `b`, above when it is newer, zero for the same. Both are versions. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parse(a), parse(b)];
  for (const [i, number] of left.numbers.entries()) {
    const difference = number - (right.numbers[i] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return comparePreReleases(left.preRelease, right.preRelease);
}

function parse(version: string): { numbers: number[]; preRelease: string[] } {
  const [, major, minor, patch, preRelease] = VERSION.exec(versionSchema.parse(version)) ?? [];
  return { numbers: [Number(major), Number(minor), Number(patch)], preRelease: preRelease?.split(".") ?? [] };
}

/** None is newer than any; else part by part, numbers below words, the shorter first. */
function comparePreReleases(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return Math.sign(b.length - a.length);
  for (const [i, left] of a.entries()) {
    const right = b[i];
    if (right === undefined) return 1;
    const difference = comparePart(left, right);
    if (difference !== 0) return difference;
  }
  return a.length === b.length ? 0 : -1;
}

function comparePart(a: string, b: string): number {
  const [numberA, numberB] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (numberA && numberB) return Math.sign(Number(a) - Number(b));
  if (numberA !== numberB) return numberA ? -1 : 1;
  return a === b ? 0 : a < b ? -1 : 1;
}
