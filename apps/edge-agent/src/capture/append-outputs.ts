import type { AdapterOutput, Checkpoint, SetAsideRecord } from "@tillsync/pos-adapters";
import type { Capture } from "@tillsync/sync-protocol";
import { appendMany, type AppendOutcome, type PassOver } from "../journal/append-many.ts";
import type { AgentStore } from "../store/agent-store.ts";
import type { Reader } from "./reader.ts";
import { keepSetAside, NOT_A_SALE } from "./set-aside.ts";
import { emptySummary, type CaptureSummary } from "./summary.ts";

/** Where outputs come from. */
export interface Origin {
  readonly source: string;
  /** File name without folder. */
  readonly name: string;
  readonly reader: Reader;
  readonly sha256?: string | undefined;
}

/** The source's bytes of a range, card numbers masked and cut to what is kept. */
export type ReadMasked = (range: readonly [number, number]) => Uint8Array;

export interface OutputBatch {
  readonly origin: Origin;
  /** The pass over the source; see `AppendOptions.reading`. */
  readonly reading: PassOver;
  readonly outputs: readonly AdapterOutput[];
  /** What the adapter knew before these outputs; kept with what is set aside, to read it again alone. */
  readonly before: Checkpoint;
  readonly readMasked: ReadMasked;
  /** Further writes of the same transaction: the source's position. */
  readonly alongside?: (summary: CaptureSummary, reading: number) => void;
}

/**
 * Puts the outputs of some bytes into the journal and into set-aside, together with the source's position, in one
 * transaction. Throws as `appendMany`; then nothing of it happened.
 */
export function appendOutputs(store: AgentStore, batch: OutputBatch): CaptureSummary {
  const { origin } = batch;
  const records = batch.outputs.filter((output) => output.kind === "transaction");
  const summary = emptySummary();
  const keep = (record: Pick<SetAsideRecord, "code" | "detail" | "range">): void => {
    keepRecord(store, batch, record);
    if (record.code === NOT_A_SALE) summary.notSales += 1;
    else summary.setAside += 1;
  };
  const items = records.map((record) => ({ transaction: record.transaction, capture: captureOf(origin, record.range) }));
  appendMany(store, items, {
    reading: batch.reading,
    alongside: (outcomes, reading) => {
      outcomes.forEach((outcome, i) => {
        const code = count(summary, outcome);
        if (code !== undefined) keep({ code, range: records[i]?.range ?? [0, 0] });
      });
      for (const output of batch.outputs) if (output.kind === "set-aside") keep(output);
      batch.alongside?.(summary, reading);
    },
  });
  return summary;
}

/** Adds an outcome to the summary; the code under which it is set aside, if it is. */
function count(summary: CaptureSummary, outcome: AppendOutcome): "capture.key-conflict" | "capture.limit" | undefined {
  summary.transactions += 1;
  switch (outcome.kind) {
    case "appended":
      if (outcome.revision === 1) summary.new += 1;
      else summary.revisions += 1;
      return undefined;
    case "duplicate":
      summary.duplicates += 1;
      return undefined;
    case "conflict":
      return "capture.key-conflict";
    case "too-large":
      return "capture.limit";
  }
}

function keepRecord(store: AgentStore, batch: OutputBatch, record: Pick<SetAsideRecord, "code" | "detail" | "range">): void {
  const { origin, before } = batch;
  keepSetAside(store, {
    source: origin.source,
    adapter: origin.reader.adapter,
    name: origin.name,
    code: record.code,
    detail: record.detail,
    range: record.range,
    bytes: batch.readMasked(record.range),
    bytesTotal: record.range[1] - record.range[0],
    reader: origin.reader.fingerprint,
    checkpoint: before,
  });
}

function captureOf(origin: Origin, range: readonly [number, number]): Capture {
  const sha256 = origin.sha256 === undefined ? {} : { sha256: origin.sha256 };
  return { adapter: origin.reader.label, source: { kind: "file", name: origin.name, ...sha256, range: [range[0], range[1]] } };
}
