import { z } from "zod";
import { base64UrlSchema, epochSchema, hashHexSchema, seqSchema, type Epoch, type HashHex, type Seq } from "../ids.ts";

/** How far a journal goes: the sequence number and the hash of its last entry. Sequence 0 has the genesis hash. */
export const headSchema = z.strictObject({ seq: seqSchema, hash: hashHexSchema });
export type Head = z.infer<typeof headSchema>;

/** A head with the terminal's Ed25519 signature over `headMessage`: who has it can prove what the terminal wrote. */
export const signedHeadSchema = headSchema.extend({ signature: base64UrlSchema.length(86) });
export type SignedHead = z.infer<typeof signedHeadSchema>;

export const journalHeadSchema = headSchema.extend({ epoch: epochSchema });
export type JournalHead = z.infer<typeof journalHeadSchema>;

const encoder = new TextEncoder();

/** The bytes that are signed. Epoch and key are inside, so a signature speaks for one journal only. */
export const headMessage = (journalKey: string, epoch: Epoch, seq: Seq, hash: HashHex): Uint8Array<ArrayBuffer> =>
  encoder.encode(`tillsync-head/1\n${journalKey}\n${epoch}\n${seq}\n${hash}\n`);
