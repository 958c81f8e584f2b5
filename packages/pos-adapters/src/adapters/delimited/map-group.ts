import {
  currencyExponent,
  identitySchema,
  TillsyncError,
  TRANSACTION_SCHEMA_VERSION,
  type BusinessDay,
  type Identity,
  type PosTime,
} from "@tillsync/sync-protocol";
import type { AdapterContext } from "../../kit/adapter.ts";
import { readDay, readPosTime } from "../../kit/fields/pos-time.ts";
import type { ZoneRule } from "../../kit/fields/zone-rule.ts";
import { mapDocument } from "./map-document.ts";
import type { Mapping } from "./mapping.ts";
import { readDate } from "./dates.ts";
import { fits, needValue, readColumn, readValue, type Patterns, type Row } from "./read-value.ts";

/** A mapping made ready: expressions compiled, zone known. */
export interface MapSettings {
  readonly mapping: Mapping;
  readonly context: AdapterContext;
  readonly patterns: Patterns;
  readonly dates: readonly RegExp[];
  readonly zone?: ZoneRule;
}

export type RowKind = "sale" | "return" | "void" | "stockCorrection" | "notASale";

/** A row with what its rules say of it. */
export interface ClassifiedRow {
  readonly row: Row;
  readonly kind: RowKind;
  readonly reason?: string;
}

/** The currency of a group. */
export interface GroupMoney {
  readonly currency: string;
  readonly exponent: number;
}

/** The rows of one group, and the running number of its first. */
export interface Group {
  readonly rows: readonly Row[];
  readonly runningNumber: number;
}

/** What the rules say of a row. The first that fits wins. */
export function classify(row: Row, { mapping, patterns }: MapSettings): ClassifiedRow {
  const rule = mapping.rules.find((candidate) => fits(candidate.when, row, patterns, mapping.format));
  if (rule === undefined) return { row, kind: "sale" };
  return rule.reason === undefined ? { row, kind: rule.as } : { row, kind: rule.as, reason: rule.reason };
}

/**
 * Maps a group to a draft of the model: a receipt, or a stock correction when all its rows are one. Throws coded errors;
 * `capture.not-a-sale` when none of its rows is a sale. Rows of a sale and of no sale in one group are a question for a
 * person: the whole group is set aside, since a receipt without some of its rows would be another receipt.
 */
export function mapGroup(group: Group, settings: MapSettings): unknown {
  const rows = group.rows.map((row) => classify(row, settings));
  const kinds = new Set(rows.map((row) => row.kind));
  if (kinds.has("notASale")) {
    if (kinds.size > 1) throw new TillsyncError("capture.field-invalid", "rows of a sale and of no sale in one group");
    throw new TillsyncError("capture.not-a-sale", rows[0]?.reason);
  }
  const first = rows[0];
  if (first === undefined) throw new TillsyncError("capture.field-missing", "rows");
  const common = mapCommon(first.row, group, settings);
  if (kinds.size === 1 && kinds.has("stockCorrection")) return mapDocument.stock(common, rows, settings);
  return mapDocument.receipt(common, rows, moneyOf(first.row, settings), settings);
}

/** Who, where and when, from the group's first row. */
function mapCommon(row: Row, group: Group, settings: MapSettings): Record<string, unknown> & { identity: Identity } {
  const { mapping, patterns, context } = settings;
  const sequence = sequenceOf(row, group, settings);
  const identity = {
    store: needValue(mapping.store, row, patterns, "store"),
    workstation: needValue(mapping.workstation, row, patterns, "workstation"),
    businessDay: dayOf(row, settings),
    sequence,
  };
  const checked = identitySchema.safeParse(identity);
  if (!checked.success) throw new TillsyncError("capture.field-invalid", `identity.${String(checked.error.issues[0]?.path[0])}`);
  const operator = mapping.operator === undefined ? undefined : readColumn(row, mapping.operator.column, mapping.operator.match, patterns);
  const kept = mapping.keep.map((column) => [column, (row.get(column) ?? "").trim()] as const).filter(([, text]) => text !== "");
  return {
    schemaVersion: TRANSACTION_SCHEMA_VERSION,
    identity: checked.data,
    status: "completed",
    receiptNumber: readValue(mapping.receiptNumber, row, patterns),
    operatorId: operator === undefined ? undefined : context.pseudonymise("operator", operator),
    begin: timeOf(row, mapping.begin?.column, settings),
    end: timeOf(row, mapping.end?.column, settings),
    extensions: kept.length === 0 ? undefined : { delimited: Object.fromEntries(kept) },
  };
}

function sequenceOf(row: Row, group: Group, { mapping, patterns, context }: MapSettings): string {
  const source = mapping.sequence;
  if (typeof source === "string" || !("join" in source)) return needValue(source, row, patterns, "sequence");
  const parts = source.join.map((part) => {
    if (typeof part === "string") return part;
    if ("runningNumberWithin" in part) return String(group.runningNumber);
    if ("pseudonym" in part) return context.pseudonymise(part.pseudonym, needValue({ column: part.column }, row, patterns, "sequence"));
    return needValue(part, row, patterns, "sequence");
  });
  return parts.join(source.separator);
}

/** Throws `capture.field-invalid` for a field that none of the formats fits: the day belongs to the natural key. */
function dayOf(row: Row, settings: MapSettings): BusinessDay {
  const text = (row.get(settings.mapping.businessDay.column) ?? "").trim();
  if (text === "") throw new TillsyncError("capture.field-missing", "businessDay");
  const day = readDay(readDate(text, settings.dates) ?? "");
  if (day === undefined) throw new TillsyncError("capture.field-invalid", "businessDay");
  return day;
}

function timeOf(row: Row, column: string | undefined, { dates, zone }: MapSettings): PosTime | undefined {
  const iso = column === undefined ? undefined : readDate(row.get(column) ?? "", dates);
  return iso === undefined ? undefined : readPosTime(iso, zone);
}

function moneyOf(row: Row, { mapping }: MapSettings): GroupMoney {
  const code = typeof mapping.currency === "string" ? mapping.currency : (row.get(mapping.currency.column) ?? "").trim();
  const exponent = currencyExponent(code);
  if (exponent === undefined) throw new TillsyncError("capture.currency-unknown", code === "" ? "none stated" : "currency");
  return { currency: code, exponent };
}
