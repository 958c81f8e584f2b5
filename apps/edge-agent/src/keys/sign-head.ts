import { sign } from "node:crypto";
import { headMessage, type Epoch, type HashHex, type JournalKey, type Seq } from "@tillsync/sync-protocol";
import type { TerminalKey } from "./key-files.ts";

/** Ed25519 signature over a head, base64url (86 characters): whoever has it can prove what this terminal wrote. */
export const signHead = (journal: TerminalKey<JournalKey>, epoch: Epoch, seq: Seq, hash: HashHex): string =>
  sign(null, headMessage(journal.thumbprint, epoch, seq, hash), journal.privateKey).toString("base64url");
