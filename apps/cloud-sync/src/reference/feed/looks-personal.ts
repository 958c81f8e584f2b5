import { pseudonymSchema, type Collection } from "@tillsync/sync-protocol";

/** Collections whose ids name people or their money: pseudonyms alone. */
const PSEUDONYMOUS: ReadonlySet<Collection> = new Set<Collection>(["members", "giftcards"]);

/** Thirteen to nineteen digits, as people and programs write card numbers. */
const CARD = /(?<![0-9])[0-9](?:[ ._/-]{0,3}[0-9]){12,18}(?![0-9])/g;
const MAIL = /[^\s@]@[^\s@]+\.[^\s@]/;

/** What is personal in a document that may hold nothing personal; undefined: nothing that can be recognised. */
export function wrongWithPersonal(collection: Collection, fields: Readonly<Record<string, unknown>>): string | undefined {
  if (!PSEUDONYMOUS.has(collection)) return undefined;
  const { id, sealed, ...rest } = fields;
  if (typeof id === "string") {
    const looks = looksLike(id);
    if (looks !== undefined) return `id: ${looks}`;
    if (!pseudonymSchema.safeParse(id).success) return "id: not a pseudonym of 22 base64url digits";
  }
  if (typeof sealed === "string" && !isSealed(sealed)) return "sealed: not encrypted";
  for (const [name, value] of Object.entries(rest)) {
    const looks = looksLike(JSON.stringify(value));
    if (looks !== undefined) return `${name}: ${looks}`;
  }
  return undefined;
}

/** Whether ids of the collection may be shown where a row was refused. */
export const mayShowId = (collection: Collection): boolean => !PSEUDONYMOUS.has(collection);

function looksLike(text: string): string | undefined {
  if (MAIL.test(text)) return "looks like an e-mail address";
  const card = text.match(CARD)?.some((run) => passesLuhn(run.replaceAll(/[^0-9]/g, ""))) ?? false;
  return card ? "looks like a card number" : undefined;
}

/** Five parts alone prove nothing: the first must say how the rest is encrypted (RFC 7516). */
function isSealed(compact: string): boolean {
  try {
    const header = JSON.parse(Buffer.from(compact.split(".")[0] ?? "", "base64url").toString()) as { alg?: unknown; enc?: unknown } | null;
    return typeof header?.alg === "string" && header.alg !== "none" && typeof header.enc === "string";
  } catch {
    return false;
  }
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let back = 0; back < digits.length; back += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - back) - 0x30;
    sum += back % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2;
  }
  return sum % 10 === 0;
}
