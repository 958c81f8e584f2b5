import { toHex } from "@tillsync/sync-protocol";
import { folderFingerprint } from "../keys/folder-fingerprint.ts";
import type { AgentStore } from "../store/agent-store.ts";
import { inTransaction } from "../store/in-transaction.ts";
import { sql } from "../store/sql.ts";
import { carryOverAll } from "./carry-over.ts";
import { readMeta, writeMeta } from "./meta.ts";
import { insertEpoch, startEpoch } from "./start-epoch.ts";

const FINGERPRINT = "folder-fingerprint";
/** Set while a copy has been noticed and nobody has looked at it yet; `status` shows it. */
export const COPIED_AT = "copied-at-ms";

/**
 * Makes the journal ready to append: the first epoch of a new folder, or a new one where the folder was copied or
 * restored, since what another copy has written meanwhile cannot be known here.
 */
export function openJournal(store: AgentStore): void {
  const fingerprint = folderFingerprint(store.db.name);
  if (store.end.epoch === 0) {
    inTransaction(store, () => {
      insertEpoch(store, 1, "first");
      writeMeta(store, FINGERPRINT, fingerprint);
    });
    return;
  }
  const known = readMeta(store, FINGERPRINT);
  if (known !== fingerprint || currentEpochKey(store) !== store.journalKey)
    moveOn(store, known === fingerprint ? "re-enrolled" : "copied", fingerprint);
  carryOverAll(store);
}

function moveOn(store: AgentStore, reason: "re-enrolled" | "copied", fingerprint: string): void {
  startEpoch(store, {
    reason,
    previous: { epoch: store.end.epoch, seq: store.end.seq, hash: toHex(store.end.hash) },
    afterEpoch: store.end.epoch,
    carryOver: false,
    alongside: () => {
      writeMeta(store, FINGERPRINT, fingerprint);
      if (reason === "copied") writeMeta(store, COPIED_AT, String(store.now()));
    },
  });
}

const currentEpochKey = (store: AgentStore): string | undefined =>
  store.prepare<[number], { journal_key: string }>(sql`SELECT journal_key FROM epoch WHERE epoch = ?`).get(store.end.epoch)?.journal_key;
