import { createPublicKey, verify } from "node:crypto";
import {
  headMessage,
  journalKeySchema,
  TillsyncError,
  type Epoch,
  type HashHex,
  type Seq,
  type StoreId,
  type TerminalId,
} from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";

/** Whose journal it is, and the key that its heads are signed with in one epoch. */
export interface JournalOwner {
  readonly store: StoreId;
  readonly shard: string;
  /** JWK text. */
  readonly journalKey: string;
  readonly journalThumbprint: string;
  /** Number of the last verdict for this terminal; 0: none. */
  readonly lastVerdict: number;
}

/** `undefined` when there is no such terminal. The key of an epoch is the one with the largest `first_epoch` not past it. */
export async function findJournalKey(db: Queryable, terminal: TerminalId, epoch: Epoch): Promise<JournalOwner | undefined> {
  const rows = await db.query<JournalOwner>(sql`
    SELECT t.store_id AS store, s.shard, k.journal_key AS "journalKey", k.journal_thumbprint AS "journalThumbprint",
      t.next_verdict - 1 AS "lastVerdict"
    FROM terminal t JOIN store s USING (store_id) JOIN terminal_key k USING (terminal_id)
    WHERE t.terminal_id = ${terminal} AND k.first_epoch <= ${epoch} ORDER BY k.first_epoch DESC LIMIT 1`);
  return rows[0];
}

/** Throws `ingest.signature` unless the terminal signed this head. */
export function checkHeadSignature(owner: JournalOwner, head: { epoch: Epoch; seq: Seq; hash: HashHex; signature: string }): void {
  const message = headMessage(owner.journalThumbprint, head.epoch, head.seq, head.hash);
  const key = createPublicKey({ key: journalKeySchema.parse(JSON.parse(owner.journalKey)), format: "jwk" });
  if (!verify(null, message, key, Buffer.from(head.signature, "base64url")))
    throw new TillsyncError("ingest.signature", `head ${head.seq}`);
}
