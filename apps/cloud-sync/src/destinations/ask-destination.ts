import { currencyExponent, formatAmount, TillsyncError } from "@tillsync/sync-protocol";
import type { LookUpResult, SendContext } from "../connectors/connector.ts";
import { withSendTime } from "../connectors/send-time.ts";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import type { BackgroundPorts } from "../subscribers/ports.ts";
import { retryDelayMs } from "../subscribers/retry-delay.ts";
import {
  askedStates,
  compareAnswer,
  differenceKinds,
  ownTotal,
  type AskedState,
  type Comparison,
  type DifferenceKind,
  type Money,
} from "./compare-answer.ts";
import { withEdits } from "./edits.ts";
import type { Line } from "./line.ts";
import { loadItems, type LoadedItem } from "./load-items.ts";
import { LOG_COLUMNS, type LogRow } from "./log-row.ts";
import { DIFFERENCES_MAX, whereaboutsOf, type ReconcileWish } from "./reconcile.ts";
import { vendorIdOf } from "./vendor-id.ts";

/** Receipts in memory at once. */
export const ASK_PAGE_ROWS = 200;
/** Tries of one question before it is left unanswered. */
const ATTEMPTS_MAX = 6;
const RETRY = { baseMs: 250, capMs: 15_000 };
/** Receipts in a row without an answer after which nobody is asked any more: the destination is not there. */
const SILENT_MAX = 20;

interface MoneyText {
  /** Decimal text. */
  readonly amount: string;
  readonly currency: string;
}

export interface Difference {
  readonly naturalKey: string;
  readonly revision: number;
  readonly what: DifferenceKind;
  readonly ours: { readonly state: AskedState; readonly total?: MoneyText };
  readonly theirs: { readonly vendorId?: string; readonly total?: MoneyText } | null;
}

export interface Asked {
  readonly equal: boolean;
  readonly asked: number;
  /** Receipts by kind of difference; kinds that did not occur are left out. */
  readonly by: Readonly<Partial<Record<DifferenceKind, number>>>;
  /** In the order of the log, shard by shard, at most `DIFFERENCES_MAX`. */
  readonly differences: readonly Difference[];
  readonly differencesMore: boolean;
  /** Receipts about which nothing could be learned. */
  readonly unanswered: number;
  readonly unansweredFirst: readonly { readonly naturalKey: string; readonly revision: number; readonly detail: string }[];
}

/** Unanswered receipts named. */
const UNANSWERED_MAX = 100;

/**
 * Asks a destination about every receipt of a day that it acknowledged, and about those that it may have without our
 * knowing, and compares what stands there: whether it is there, whole, ours, and with the same total. Changes nothing.
 * As many questions at once as the destination takes items, within its rate limit. Throws `destination.no-look-up`,
 * `delivery.set-up`, `delivery.theirs` when the destination does not answer at all.
 */
export async function askDestination(
  db: Queryable,
  line: Line,
  wish: Pick<ReconcileWish, "businessDay" | "store">,
  ports: BackgroundPorts,
): Promise<Asked> {
  if (line.session.lookUp === undefined) throw new TillsyncError("destination.no-look-up", line.name);
  const context: SendContext = { vendorIdOf: (naturalKey) => vendorIdOf(db, line.name, naturalKey) };
  const notes = startNotes();
  let silent = 0;
  const askOne = async ({ item, state }: Question): Promise<Answer> => {
    const ours = item.broken === undefined ? ownTotal(item) : undefined;
    const answer = item.broken === undefined ? await askPatiently(line, item, context, ports) : brokenAnswer(item.broken);
    silent = isSilence(answer) ? silent + 1 : 0;
    if (answer.kind === "set-up") throw new TillsyncError("delivery.set-up", answer.detail);
    if (silent >= SILENT_MAX) throw new TillsyncError("delivery.theirs", `no answer about ${silent} receipts in a row`);
    return { item, state, ours, comparison: compareAnswer(state, ours, answer) };
  };
  for await (const questions of questionsOf(db, line, wish))
    for (const answer of await inTurns(questions, line.config.concurrency, askOne)) notes.add(answer);
  return notes.end();
}

interface Question {
  readonly item: LoadedItem;
  readonly state: AskedState;
}

interface Answer extends Question {
  readonly ours: Money | undefined;
  readonly comparison: Comparison;
}

const brokenAnswer = (detail: string): LookUpResult => ({ kind: "rejected", detail });
const isSilence = ({ kind }: LookUpResult): boolean => kind === "theirs" || kind === "uncertain";

async function* questionsOf(
  db: Queryable,
  line: Line,
  wish: Pick<ReconcileWish, "businessDay" | "store">,
): AsyncGenerator<readonly Question[]> {
  const day = await whereaboutsOf(db, { key: line.name, include: line.config.include }, wish);
  for (const { shard } of await db.query<{ shard: string }>(sql`SELECT shard FROM shard ORDER BY shard`)) {
    for (let after = 0; ;) {
      const rows = await db.query<LogRow & { state: AskedState }>(sql`
        SELECT ${LOG_COLUMNS}, t.state FROM (${day}) AS t
        WHERE t.shard = ${shard} AND t.tpos > ${after}::bigint AND t.state = ANY(${[...askedStates]}::text[])
        ORDER BY t.tpos LIMIT ${ASK_PAGE_ROWS}`);
      const last = rows.at(-1);
      if (last === undefined) break;
      const states = new Map(rows.map((row) => [row.tpos, row.state]));
      const items = await withEdits(db, line.name, await loadItems(db, shard, rows, false));
      yield items.map((item) => ({ item, state: states.get(item.tpos) ?? "delivered" }));
      after = last.tpos;
    }
  }
}

async function askPatiently(line: Line, item: LoadedItem, context: SendContext, ports: BackgroundPorts): Promise<LookUpResult> {
  for (let attempt = 1; ; attempt++) {
    const endMs = ports.nowMs() + line.sendMs;
    const answer = await withSendTime(
      () => endMs - ports.nowMs(),
      async (): Promise<LookUpResult> => (await line.session.lookUp?.(item, context)) ?? { kind: "rejected", detail: "cannot be asked" },
    ).catch((): LookUpResult => ({ kind: "uncertain", detail: "the connector failed" }));
    if (!isSilence(answer) || attempt >= ATTEMPTS_MAX) return answer;
    const floorMs = answer.kind === "theirs" ? Math.min(answer.retryAfterMs ?? 0, line.sendMs) : 0;
    await ports.sleep(Math.max(floorMs, retryDelayMs(attempt, RETRY, ports.random())));
  }
}

/** Works `items` with at most `width` under way; results in their order. The first error ends it. */
async function inTurns<T, R>(items: readonly T[], width: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  let failed = false;
  const worker = async (): Promise<void> => {
    while (next < items.length && !failed) {
      const at = next++;
      const item = items[at];
      if (item === undefined) return;
      try {
        results[at] = await work(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const done = await Promise.allSettled(Array.from({ length: Math.min(width, items.length) }, worker));
  for (const one of done) if (one.status === "rejected") throw one.reason;
  return results;
}

function startNotes() {
  let asked = 0;
  let unanswered = 0;
  const by: Partial<Record<DifferenceKind, number>> = {};
  const differences: Difference[] = [];
  const unansweredFirst: Asked["unansweredFirst"][number][] = [];
  return {
    add: ({ item: { naturalKey, revision }, state, ours, comparison }: Answer): void => {
      asked += 1;
      if (comparison.kind === "unanswered") {
        unanswered += 1;
        if (unansweredFirst.length < UNANSWERED_MAX) unansweredFirst.push({ naturalKey, revision, detail: comparison.detail });
      }
      if (comparison.kind !== "different") return;
      const { what, vendorId, total } = comparison;
      by[what] = (by[what] ?? 0) + 1;
      if (differences.length >= DIFFERENCES_MAX) return;
      const theirs = what === "missing at destination" ? null : { ...(vendorId === undefined ? {} : { vendorId }), ...textOf(total) };
      differences.push({ naturalKey, revision, what, ours: { state, ...textOf(ours) }, theirs });
    },
    end: (): Asked => {
      const count = differenceKinds.reduce((sum, kind) => sum + (by[kind] ?? 0), 0);
      const equal = count === 0 && unanswered === 0;
      return { equal, asked, by, differences, differencesMore: count > differences.length, unanswered, unansweredFirst };
    },
  };
}

/** A currency of theirs that nobody knows is told in minor units: it differs anyway. */
const textOf = (money: Money | undefined): { total?: MoneyText } =>
  money === undefined
    ? {}
    : { total: { amount: formatAmount(money.amount, currencyExponent(money.currency) ?? 0), currency: money.currency } };
