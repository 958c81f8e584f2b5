import type { Connector, Mapped, MappedRequest, MissingCode } from "../connectors/connector.ts";
import { connectorOf } from "../connectors/registry.ts";
import type { Queryable } from "../db/database.ts";
import { dayItems } from "./day-items.ts";
import type { DestinationFile } from "./destination-file.ts";
import type { LoadedItem } from "./load-items.ts";

/** Receipts listed in full of each kind of trouble, and different codes counted. */
export const LISTED_MAX = 1_000;

interface Receipt {
  readonly naturalKey: string;
  readonly revision: number;
}

export interface DryRun {
  readonly destination: string;
  readonly kind: string;
  readonly businessDay: string;
  /** Items of the day that the destination wants, every revision. */
  readonly items: number;
  /** Of them: those that would be sent, and in how many documents; those with nothing in them for this receiver. */
  readonly sendable: number;
  readonly documents: number;
  readonly nothing: number;
  readonly uncovered: number;
  readonly refused: number;
  /** The first of the day, as they would be sent. */
  readonly shown: readonly (Receipt & { readonly identity: string; readonly requests: readonly MappedRequest[] })[];
  /** Codes that the mapping lacks, the most needed first. */
  readonly codes: readonly (MissingCode & { readonly receipts: number })[];
  /** Receipts that the mapping cannot cover, at most `LISTED_MAX`. */
  readonly missing: readonly (Receipt & { readonly missing: readonly MissingCode[] })[];
  /** Receipts that could never be sent as they are, at most `LISTED_MAX`. */
  readonly rejected: readonly (Receipt & { readonly detail: string })[];
}

/**
 * What would be sent to a destination of a captured business day: by mapping alone, nobody is asked and nothing changes.
 * Every item of the day is looked at; `show` bounds only what is listed in full.
 */
export async function dryRunDay(
  db: Queryable,
  file: DestinationFile,
  wish: { businessDay: string; store?: string | undefined; show: number; key?: string | undefined },
): Promise<DryRun> {
  const connector = connectorOf(file.common.kind);
  const notes = startNotes(wish.show);
  for await (const items of dayItems(db, { ...wish, include: file.common.include }))
    for (const item of items) notes.add(item, mapSafely(connector, item, file.own));
  return { destination: file.common.name, kind: file.common.kind, businessDay: wish.businessDay, ...notes.end() };
}

/** A connector that throws has a bug; the item is told like one that it refuses. */
export function mapSafely(connector: Connector, item: LoadedItem, config: unknown): Mapped {
  const { broken } = item;
  if (broken !== undefined) return { kind: "rejected", detail: broken };
  try {
    return connector.map(item, config);
  } catch {
    return { kind: "rejected", detail: "the connector failed" };
  }
}

function startNotes(show: number) {
  const counts = { items: 0, sendable: 0, documents: 0, nothing: 0, uncovered: 0, refused: 0 };
  const codes = new Map<string, MissingCode & { receipts: number }>();
  const shown: DryRun["shown"][number][] = [];
  const missing: DryRun["missing"][number][] = [];
  const rejected: DryRun["rejected"][number][] = [];
  const note = ({ naturalKey, revision, identity }: LoadedItem, mapped: Mapped): void => {
    const receipt = { naturalKey, revision };
    if (mapped.kind === "requests") {
      counts.sendable += 1;
      counts.documents += mapped.requests.length;
      if (shown.length < show) shown.push({ ...receipt, identity, requests: mapped.requests });
    } else if (mapped.kind === "nothing") counts.nothing += 1;
    else if (mapped.kind === "rejected") {
      counts.refused += 1;
      if (rejected.length < LISTED_MAX) rejected.push({ ...receipt, detail: mapped.detail });
    } else {
      counts.uncovered += 1;
      if (missing.length < LISTED_MAX) missing.push({ ...receipt, missing: mapped.missing });
      for (const code of mapped.missing) countCode(codes, code);
    }
  };
  return {
    add: (item: LoadedItem, mapped: Mapped): void => {
      counts.items += 1;
      note(item, mapped);
    },
    end: () => ({ ...counts, shown, codes: [...codes.values()].toSorted((a, b) => b.receipts - a.receipts), missing, rejected }),
  };
}

function countCode(codes: Map<string, MissingCode & { receipts: number }>, code: MissingCode): void {
  const name = JSON.stringify([code.table, code.code]);
  const known = codes.get(name);
  if (known !== undefined) known.receipts += 1;
  else if (codes.size < LISTED_MAX) codes.set(name, { table: code.table, code: code.code, receipts: 1 });
}
