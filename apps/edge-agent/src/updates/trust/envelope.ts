import { verify } from "node:crypto";
import { TillsyncError } from "@tillsync/sync-protocol";
import { z } from "zod";
import { publicKeyOf, type Role } from "./root.ts";

/** A release or a root with its signatures is some KB. */
export const ENVELOPE_BYTES_MAX = 64 * 1024;
const SIGNATURES_MAX = 32;

export const RELEASE_TYPE = "application/vnd.tillsync.release+json";
export const ROOT_TYPE = "application/vnd.tillsync.release-root+json";
type PayloadType = typeof RELEASE_TYPE | typeof ROOT_TYPE;

const base64 = z.base64();

/** A DSSE envelope (github.com/secure-systems-lab/dsse): the signed bytes travel as they are, so nothing has to be brought to one form. */
export const envelopeSchema = z.strictObject({
  payloadType: z.string().max(100),
  payload: base64,
  signatures: z.array(z.strictObject({ keyid: z.string().max(43), sig: base64.max(100) })).max(SIGNATURES_MAX),
});
export type Envelope = z.infer<typeof envelopeSchema>;

/** What is signed: type and bytes with their lengths, so that one kind of document never passes for another. */
export function signedBytes(type: string, payload: Uint8Array): Uint8Array {
  const header = `DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `;
  return Buffer.concat([Buffer.from(header), payload]);
}

/**
 * The document in an envelope, once enough keys of one of the role have signed its bytes. `keyid` is the public key itself.
 * Signatures of other keys do not count and do no harm; a key that stands twice does. Throws `update.signature` and
 * `update.malformed`, and reads nothing of the document before the signatures are right.
 */
export function openEnvelope<T>(bytes: Uint8Array, type: PayloadType, schema: z.ZodType<T>, roles: readonly Role[]): T {
  const envelope = parseEnvelope(bytes);
  if (envelope.payloadType !== type) throw new TillsyncError("update.malformed", `${envelope.payloadType.slice(0, 60)} is not ${type}`);
  const payload = Buffer.from(envelope.payload, "base64");
  for (const role of roles) requireSigned(role, envelope, signedBytes(type, payload));
  return parseDocument(payload, schema);
}

export function parseEnvelope(bytes: Uint8Array): Envelope {
  if (bytes.length > ENVELOPE_BYTES_MAX) throw new TillsyncError("update.malformed", `more than ${ENVELOPE_BYTES_MAX} bytes`);
  return parseDocument(bytes, envelopeSchema);
}

function requireSigned(role: Role, { signatures }: Envelope, message: Uint8Array): void {
  const ids = signatures.map(({ keyid }) => keyid);
  if (new Set(ids).size !== ids.length) throw new TillsyncError("update.signature", "a key has signed twice");
  const good = signatures.filter(
    ({ keyid, sig }) => role.keys.includes(keyid) && verify(null, message, publicKeyOf(keyid), Buffer.from(sig, "base64")),
  ).length;
  if (good < role.threshold) throw new TillsyncError("update.signature", `${good} of ${role.threshold} signatures`);
}

function parseDocument<T>(bytes: Uint8Array, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new TillsyncError("update.malformed", "no JSON", { cause });
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new TillsyncError("update.malformed", `${issue?.path.map(String).join(".") || "document"}: ${issue?.message ?? "invalid"}`);
  }
  return parsed.data;
}
