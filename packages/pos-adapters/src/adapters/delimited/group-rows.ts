import { TillsyncError } from "@tillsync/sync-protocol";
import type { ByteRange } from "../../kit/adapter.ts";
import { GROUP_ROWS_MAX } from "../../kit/limits.ts";
import type { MapSettings } from "./map-group.ts";
import type { ReadRow } from "./read-row.ts";
import type { Row } from "./read-value.ts";

/** A group that is complete: its rows, or the first error that any of them has. */
export interface ClosedGroup {
  readonly rows: readonly Row[];
  readonly runningNumber: number;
  readonly range: ByteRange;
  readonly error?: TillsyncError;
}

/** How often the values of the columns of `runningNumberWithin` came without interruption. `key` is a pseudonym. */
export interface Running {
  readonly key: string;
  readonly count: number;
}

export interface Grouper {
  /** Takes a row; gives the groups that are complete now. */
  add(read: ReadRow, range: ByteRange): ClosedGroup[];
  /** The input has ended: what is open is complete. */
  end(): ClosedGroup[];
  /** Offset of the first row of what is open, if anything is. */
  openFrom(): number | undefined;
  /** The running number as it was before what is open. */
  runningBefore(): Running;
}

interface OpenGroup {
  readonly key: string;
  readonly rows: Row[];
  readonly range: [number, number];
  readonly runningNumber: number;
  error: TillsyncError | undefined;
}

/** A row that cannot be used and does not belong to the open group: alone, or the first of the next. */
interface Stray {
  readonly range: ByteRange;
  readonly error: TillsyncError;
  /** What stands where its key should be. In a row with too few or too many fields that may be anything. */
  readonly key: string | undefined;
}

/**
 * Puts rows that follow each other with the same key into groups. A row that cannot be used spoils its group: a receipt
 * without one of its rows would be another receipt, and a retry of the row alone would replace it. A row that shows the
 * key of neither neighbour is set aside alone, unless the rows on both of its sides are of one group.
 */
export function createGrouper(settings: MapSettings, resumed: Running | undefined): Grouper {
  const by = settings.mapping.groupBy;
  const within = runningColumns(settings);
  let open: OpenGroup | undefined;
  let strays: Stray[] = [];
  let running: Running = resumed ?? { key: "", count: 0 };
  let before = running;

  const close = (): ClosedGroup[] => {
    const groups: ClosedGroup[] = [];
    if (open !== undefined)
      groups.push({
        rows: open.rows,
        runningNumber: open.runningNumber,
        range: open.range,
        ...(open.error === undefined ? {} : { error: open.error }),
      });
    for (const { range, error } of strays) groups.push({ rows: [], runningNumber: 0, range, error });
    open = undefined;
    strays = [];
    before = running;
    return groups;
  };

  const count = (row: Row): number => {
    if (within === undefined) return 0;
    const key = settings.context.pseudonymise("customer", within.map((column) => (row.get(column) ?? "").trim()).join("\u001f"));
    running = key === running.key ? { key, count: running.count + 1 } : { key, count: 1 };
    return running.count;
  };

  const join = (group: OpenGroup, row: Row, range: ByteRange, error: TillsyncError | undefined): void => {
    for (const stray of strays) group.error ??= stray.error;
    strays = [];
    if (group.rows.length >= GROUP_ROWS_MAX) group.error ??= new TillsyncError("capture.limit", "rows of one group");
    else group.rows.push(row);
    group.error ??= error;
    group.range[1] = range[1];
  };

  /** Keeps a row that cannot be used until what comes behind it shows where it belongs. */
  const waitWith = (stray: Stray): ClosedGroup[] => {
    strays.push(stray);
    return by === undefined || strays.length > STRAYS_MAX ? close() : [];
  };

  const openGroup = (key: string, row: Row, range: ByteRange): ClosedGroup[] => {
    const first = by === undefined ? -1 : strays.findLastIndex((stray) => stray.key !== key) + 1;
    const own = first < 0 ? [] : strays.slice(first);
    if (first >= 0) strays.length = first;
    const done = close();
    open = { key, rows: [row], range: [own[0]?.range[0] ?? range[0], range[1]], runningNumber: count(row), error: own[0]?.error };
    return by === undefined ? [...done, ...close()] : done;
  };

  return {
    add(read, range) {
      if (read.kind === "blank") return [];
      const key = read.row === undefined ? undefined : groupKey(read.row, by);
      const error =
        read.kind === "bad" ? read.error : key === undefined ? new TillsyncError("capture.field-missing", "columns of groupBy") : undefined;
      if (read.row !== undefined && open !== undefined && by !== undefined && open.key === key) {
        join(open, read.row, range, error);
        return [];
      }
      if (error !== undefined || read.row === undefined || key === undefined) {
        // A row that is set aside keeps its number, so that the rows behind it keep theirs once it is mended.
        if (by === undefined && read.row !== undefined) count(read.row);
        return waitWith({ range, error: error ?? new TillsyncError("capture.malformed", "row"), key });
      }
      return openGroup(key, read.row, range);
    },
    end: close,
    openFrom: () => open?.range[0] ?? strays[0]?.range[0],
    runningBefore: () => before,
  };
}

/** Rows without a key that are kept waiting for what comes behind them. */
const STRAYS_MAX = 100;

/** The values of the group's columns, or `undefined` when all of them are empty. Without columns every row is its own group. */
function groupKey(row: Row, by: readonly string[] | undefined): string | undefined {
  if (by === undefined) return "";
  const values = by.map((column) => (row.get(column) ?? "").trim());
  return values.every((value) => value === "") ? undefined : values.join("\u001f");
}

function runningColumns({ mapping }: MapSettings): readonly string[] | undefined {
  const { sequence } = mapping;
  if (typeof sequence === "string" || !("join" in sequence)) return undefined;
  for (const part of sequence.join) if (typeof part !== "string" && "runningNumberWithin" in part) return part.runningNumberWithin;
  return undefined;
}
