import type { Mask } from "../clean-text.ts";

export type Redact = (text: string) => string;

const GONE = "[redacted]";
/** Proofs, tokens and addresses with a password, wherever they stand. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|Basic|DPoP)\s+[^\s"',\\]+/gi, `$1 ${GONE}`],
  [/(authorization\\?"?\s*[:=]\s*\\?"?)[^"\\\r\n]+/gi, `$1${GONE}`],
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g, GONE],
  [/\b[a-z0-9][a-z0-9-]{0,31}\.[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/g, GONE],
  [/(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/g, GONE],
  [/([a-z][a-z0-9+.-]*:\/\/)[^\s/"@\\]+@/gi, `$1${GONE}@`],
  [/\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b/g, GONE],
  // People: folders that carry their names, and their addresses.
  [/((?:\/home|\/Users)\/)[^/"\\\s]+/g, "$1(user)"],
  [/([A-Za-z]:(?:\\\\?|\/)Users(?:\\\\?|\/))[^\\/"]+/g, "$1(user)"],
  [/[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}/g, "(e-mail)"],
];

/** Fields of a configuration that hold, or may hold, what is nobody's business. */
export const PRIVATE_KEY = /secret|token|password|passwd|credential|authorization|private|apikey|api_key|phone|contact/i;

/** Takes the folder's own secrets, all that looks like one, card numbers and people's names in paths out of a text. */
export function makeRedact(secrets: ReadonlySet<string>, mask: Mask): Redact {
  // Longest first: one may be the beginning of another.
  const known = [...secrets].toSorted((a, b) => b.length - a.length);
  return (text) => {
    let clean = text;
    for (const secret of known) if (clean.includes(secret)) clean = clean.replaceAll(secret, GONE);
    for (const [pattern, instead] of PATTERNS) clean = clean.replace(pattern, instead);
    return mask(clean).text;
  };
}

/** A document without the values of private fields, at any depth; who reads it sees that there was one. */
export function withoutPrivateFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPrivateFields);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, PRIVATE_KEY.test(key) ? GONE : withoutPrivateFields(item)]));
}
