import { createHmac, createSecretKey, randomBytes, type KeyObject } from "node:crypto";
import { join } from "node:path";
import { base64UrlSchema, pseudonymSchema, TillsyncError, type Pseudonym } from "@tillsync/sync-protocol";
import { createPrivateFile, makePrivateFolder, readPrivateFile } from "./private-file.ts";

/** What a pseudonym stands for. The kind is inside the hash: a clerk and a member of one number stay two people. */
export type PseudonymKind = "member" | "customer" | "operator" | "giftCard";

/** Secret of the keyed hashes that stand for people. */
export interface PseudonymKey {
  readonly secret: KeyObject;
  /** `retailer`: the same in all stores, so that a member is one member. `local`: made here, used until enrolment. */
  readonly scope: "retailer" | "local";
}

const SECRET_BYTES = 32;
const PSEUDONYM_BYTES = 16;

export const retailerPseudonymKey = (text: string): PseudonymKey => ({ secret: secretOf(text), scope: "retailer" });

/** Kept as a key: a hash under bytes costs five times as much. */
const secretOf = (text: string): KeyObject => createSecretKey(text, "base64url");

/** The key of a folder that is not enrolled yet, made at first use. Throws as `readPrivateFile`, and `keys.damaged`. */
export function localPseudonymKey(dir: string): PseudonymKey {
  const folder = join(dir, "keys");
  const path = join(folder, "pseudonym.key");
  makePrivateFolder(folder);
  if (readPrivateFile(path) === undefined) createPrivateFile(path, `${randomBytes(SECRET_BYTES).toString("base64url")}\n`);
  const text = readPrivateFile(path)?.trim() ?? "";
  if (!base64UrlSchema.length(43).safeParse(text).success) throw new TillsyncError("keys.damaged", path);
  return { secret: secretOf(text), scope: "local" };
}

/**
 * A stable stand-in for a person's number or name: HMAC-SHA256 cut to 128 bits, base64url (22 characters). The value is
 * normalised first (Unicode NFKC, no white space, lower case), so that `AB 12` and `ab12` are one. Without the key it
 * cannot be turned back by trying all numbers.
 */
export function pseudonymise(key: PseudonymKey, kind: PseudonymKind, value: string): Pseudonym {
  const normalised = value.normalize("NFKC").replaceAll(/\s/gu, "").toLowerCase();
  const digest = createHmac("sha256", key.secret).update(`tillsync-pseudonym/1\n${kind}\n${normalised}`).digest();
  return pseudonymSchema.parse(digest.subarray(0, PSEUDONYM_BYTES).toString("base64url"));
}
