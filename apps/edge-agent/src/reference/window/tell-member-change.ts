import { memberChangeSchema, transactionSchema, TRANSACTION_SCHEMA_VERSION, type Member } from "@tillsync/sync-protocol";
import type { HandOverDeps } from "../../hand-over/take-step.ts";
import { appendTransaction } from "../../journal/append-transaction.ts";

/** Who writes these entries. */
const ADAPTER = "window@1.0.0";

export interface ToldChange {
  readonly before: Member | undefined;
  readonly pushed: Member;
  /** Names of the fields that differ: `tier`, `consents.email`. */
  readonly changed: readonly string[];
  /** The same change has the same one. */
  readonly id: string;
}

/** Writes a member's change to the journal, on disk when this returns. False: it takes a value away, or is none that may be told of a person. */
export function tellMemberChange(deps: HandOverDeps, told: ToldChange): boolean {
  const enrolled = deps.terminal();
  const change = memberChangeSchema.safeParse(changeOf(told));
  if (enrolled === undefined || !change.success || takesAway(told)) return false;
  const nowMs = deps.store.now();
  const transaction = transactionSchema.parse({
    transactionType: "MemberChange",
    schemaVersion: TRANSACTION_SCHEMA_VERSION,
    identity: {
      store: enrolled.store,
      workstation: enrolled.terminal,
      businessDay: localDay(nowMs),
      sequence: `mc.${told.id}`,
    },
    status: "completed",
    memberChange: change.data,
  });
  deps.guard.run(() =>
    appendTransaction(deps.store, { transaction, capture: { adapter: ADAPTER, source: { kind: "http", name: "window" } } }),
  );
  return true;
}

function changeOf({ before, pushed, changed }: ToldChange): object {
  const fields: Record<string, unknown> = {};
  for (const name of changed) {
    const [group = "", field] = name.split(".", 2);
    const value = valueOf(pushed, name);
    if (group === "state" || value === undefined) continue;
    if (field === undefined) fields[group] = value;
    else fields[group] = { ...(fields[group] as object | undefined), [field]: value };
  }
  const kind =
    changed.includes("state") && pushed.state === "left"
      ? "left"
      : before === undefined || changed.includes("state")
        ? "enrolled"
        : "updated";
  return { memberRef: pushed.id, kind, ...fields };
}

const takesAway = ({ pushed, changed }: ToldChange): boolean => changed.some((name) => valueOf(pushed, name) === undefined);

function valueOf(member: Member, name: string): unknown {
  let value: unknown = member;
  for (const part of name.split(".", 2)) value = (value as Record<string, unknown> | undefined)?.[part];
  return value;
}

/** By this machine's clock and zone. The entry has no other time: the same push again must be the same entry. */
const localDay = (nowMs: number): string => new Date(nowMs - new Date(nowMs).getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
