import { documentIdSchema, documentSchemas, scopeSchema, type Collection, type Scope } from "@tillsync/sync-protocol";
import { documentText } from "../document-text.ts";
import type { DocumentChange } from "../write-documents.ts";
import type { FeedRow } from "./feed-row.ts";
import { mayShowId, wrongWithPersonal } from "./looks-personal.ts";
import type { ListedRefusal, Refusal } from "./report.ts";
import type { SeenRows } from "./seen-rows.ts";

/** A row that is a document by itself; whether it fits what is stored is asked for a batch. */
export interface CheckedRow {
  readonly line: number;
  readonly bytes: number;
  readonly change: DocumentChange;
}

export interface RowRules {
  readonly collection: Collection;
  /** Of rows that name none. */
  readonly scope: Scope | undefined;
  /** Rows may name no other. */
  readonly onlyScope: boolean;
  readonly seen: SeenRows;
}

/** Checks a row as far as it can be without the database. */
export function checkRow(rules: RowRules, row: FeedRow): CheckedRow | ListedRefusal {
  const { collection } = rules;
  const { line, bytes, read } = row;
  if ("refusal" in read) return { line, ...read.refusal };
  const { scope: named, ...fields } = read.fields;
  const personal = wrongWithPersonal(collection, fields);
  if (personal !== undefined) return { line, code: "reference.personal-data", detail: personal };
  const id = documentIdSchema.safeParse(fields["id"]);
  const refused = ({ code, detail }: Refusal): ListedRefusal => ({
    line,
    ...(id.success && mayShowId(collection) ? { id: id.data } : {}),
    code,
    detail,
  });
  const scope = scopeOf(rules, named);
  if (typeof scope === "object") return refused(scope);
  const parsed = documentSchemas[collection].safeParse(fields);
  if (!parsed.success) return refused({ code: "reference.invalid", detail: reasonOf(parsed.error.issues[0]) });
  const document = parsed.data;
  if (rules.seen.note(document.id, `${scope} ${documentText(document)}`) === "other")
    return refused({ code: "reference.contradiction", detail: "an earlier row of this feed has other content" });
  return { line, bytes, change: { collection, id: document.id, scope, fields: document } };
}

function scopeOf(rules: RowRules, named: unknown): Scope | Refusal {
  if (named === undefined) return rules.scope ?? { code: "reference.invalid", detail: "scope: neither the row nor the feed names one" };
  const parsed = scopeSchema.safeParse(named);
  if (!parsed.success) return { code: "reference.invalid", detail: `scope: ${parsed.error.issues[0]?.message ?? "invalid"}` };
  if (rules.onlyScope && parsed.data !== rules.scope)
    return { code: "reference.invalid", detail: "scope: a feed that replaces a scope has rows of that scope alone" };
  return parsed.data;
}

const DETAIL_CHARS_MAX = 200;

/** The first thing wrong, by path. The schema's messages say what was expected and repeat no value. */
const reasonOf = (issue: { readonly path: readonly PropertyKey[]; readonly message: string } | undefined): string =>
  `${issue?.path.map(String).join(".") || "document"}: ${issue?.message ?? "invalid"}`.slice(0, DETAIL_CHARS_MAX);
