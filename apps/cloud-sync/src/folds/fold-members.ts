import {
  ALL,
  documentIdSchema,
  mergeMembers,
  stampMember,
  toldMember,
  type DocumentId,
  type HlcText,
  type Member,
} from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import type { DocumentChange } from "../reference/write-documents.ts";
import type { FoldRow } from "./fold-row.ts";
import { readStanding } from "./standing-documents.ts";
import { hlcOfMs } from "./trusted-hlc.ts";

/** What a page says of one member. */
export interface MemberPart {
  readonly id: DocumentId;
  readonly told: readonly { readonly member: Member; readonly hlc: HlcText }[];
}

/** A record that was corrected says what it says as of its correction; one that was withdrawn takes nothing back. */
export function memberParts(rows: readonly FoldRow[]): MemberPart[] {
  const told = rows.flatMap(({ story: { transaction }, hlc }) =>
    transaction.transactionType === "MemberChange" && transaction.status === "completed" && transaction.trainingMode !== true
      ? [{ member: toldMember(transaction.memberChange, hlc), hlc }]
      : [],
  );
  return [...Map.groupBy(told, ({ member }) => member.id)].map(([id, list]) => ({ id: documentIdSchema.parse(id), told: list }));
}

/**
 * Folds changes into the members' documents, which are locked. A member that nobody has written is made, for all stores, since a
 * member is the retailer's and its document names nobody. One that was deleted stays so for all that was told before that.
 */
export async function foldMembers(tx: Queryable, parts: readonly MemberPart[]): Promise<DocumentChange[]> {
  const standing = await readStanding(
    tx,
    "members",
    parts.map(({ id }) => id),
  );
  return parts.flatMap(({ id, told }) => {
    const before = standing.get(id);
    const writtenAt = hlcOfMs(before?.changedAtMs ?? 0);
    const isDeleted = before !== undefined && before.fields === undefined;
    const later = isDeleted ? told.filter(({ hlc }) => hlc > writtenAt) : told;
    if (later.length === 0) return [];
    const start: Member = before?.fields === undefined ? { id, state: "active" } : stampMember(before.fields, writtenAt);
    const fields = later.reduce((member, one) => mergeMembers(member, one.member), start);
    return [{ collection: "members" as const, id, scope: before?.fields === undefined ? ALL : before.scope, fields }];
  });
}
