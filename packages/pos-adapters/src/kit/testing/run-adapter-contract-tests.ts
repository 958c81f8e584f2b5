import { transactionSchema } from "@tillsync/sync-protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Adapter, AdapterOutput, Checkpoint } from "../adapter.ts";
import { CARD_CANARIES } from "./card-canaries.ts";
import { testContext } from "./test-context.ts";
import { parseAll, parseFrom, parseInPieces } from "./parse-all.ts";

/** A source that the adapter reads, with a configuration for it. */
export interface AdapterCase<Config> {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly config: Config;
}

export interface ContractOptions<Config> {
  readonly cases: ReadonlyArray<AdapterCase<Config>>;
  /** Samples of other formats: the probe must say no to each. */
  readonly foreign: ReadonlyArray<{ readonly name: string; readonly bytes: Uint8Array }>;
  /**
   * Whether a record shows its own end (XML, a line of JSON), so that a cut file never gives a transaction that the whole
   * one does not have. Rows of a delimited file do not: the last group of a cut file is a guess until the file grows,
   * and only what lies before the checkpoint is final.
   */
  readonly selfDelimiting: boolean;
  /** Runs of each property. */
  readonly runs?: number;
}

/** What every adapter promises, whoever wrote it. A new adapter brings its cases; this suite brings the rest. */
export function runAdapterContractTests<Config>(adapter: Adapter<Config>, options: ContractOptions<Config>): void {
  const runs = { numRuns: options.runs ?? 40 };
  describe(`${adapter.manifest.name} keeps the contract of adapters`, () => {
    describe.each(options.cases)("$name", ({ bytes, config }) => {
      const whole = parseAll(adapter, config, bytes);
      test("its outputs are valid, in order, within the file and apart", () => expectSound(whole, bytes.length));
      test("the way the bytes are cut into pieces makes no difference", () => {
        fc.assert(
          fc.property(fc.array(fc.nat(bytes.length), { maxLength: 12 }), (ends) => {
            expect(parseInPieces(adapter, config, bytes, ends).outputs).toEqual(whole);
          }),
          runs,
        );
      });
      test("one byte at a time is the same", () => {
        const ends = Array.from({ length: Math.min(bytes.length, 4_096) }, (_, i) => i + 1);
        expect(parseInPieces(adapter, config, bytes, ends).outputs).toEqual(whole);
      });
      test("a file cut anywhere loses no complete record and invents none", () => {
        fc.assert(
          fc.property(fc.nat(bytes.length), (cut) => {
            expectCut(adapter, config, bytes.slice(0, cut), whole, options.selfDelimiting);
          }),
          { numRuns: runs.numRuns * 2 },
        );
      });
      test("a file that grew, read on from the checkpoint, equals the whole", () => {
        fc.assert(
          fc.property(fc.nat(bytes.length), (cut) => {
            const { outputs, checkpoint } = parseInPieces(adapter, config, bytes.slice(0, cut), []);
            const kept = outputs.filter((output) => isFinal(output, checkpoint));
            const resumed = JSON.parse(JSON.stringify(checkpoint)) as Checkpoint;
            const rest = parseFrom(adapter, config, bytes, resumed.offset === 0 ? undefined : resumed);
            expect([...kept, ...rest.outputs]).toEqual(whole);
          }),
          { numRuns: runs.numRuns * 2 },
        );
      });
      test("a file that it calls whole ends with nothing left over, wherever that is", () => {
        fc.assert(
          fc.property(fc.nat(bytes.length), (cut) => {
            const session = adapter.open(config, testContext);
            for (const output of session.write(bytes.slice(0, cut))) void output;
            if (session.isWhole?.() === true) expect([...session.end()]).toEqual([]);
          }),
          { numRuns: runs.numRuns * 2, examples: [[bytes.length]] },
        );
      });
      test("damaged bytes never throw, and what comes out is sound", () => {
        fc.assert(
          fc.property(fc.array(fc.tuple(fc.nat(Math.max(0, bytes.length - 1)), fc.nat(255)), { minLength: 1, maxLength: 8 }), (damage) => {
            const damaged = bytes.slice();
            for (const [at, value] of damage) damaged[at] = value;
            expectSound(parseAll(adapter, config, damaged), damaged.length);
          }),
          runs,
        );
      });
      test("no card number comes out", () => {
        const text = JSON.stringify(whole).replace(/[ -]/g, "");
        for (const card of CARD_CANARIES) expect(text).not.toContain(card);
      });
      test("the probe knows it", () => expect(adapter.probe(bytes).match).not.toBe("no"));
    });
    test.each(options.foreign)("the probe says no to $name", ({ bytes }) => expect(adapter.probe(bytes).match).toBe("no"));
    test("an empty source gives nothing", () => {
      for (const { config } of options.cases) expect(parseAll(adapter, config, new Uint8Array(0))).toEqual([]);
    });
    test("the probe survives any bytes", () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
          expect(["certain", "likely", "no"]).toContain(adapter.probe(bytes).match);
        }),
        runs,
      );
    });
  });
}

function expectSound(outputs: readonly AdapterOutput[], length: number): void {
  let last = 0;
  for (const output of outputs) {
    const [from, to] = output.range;
    expect(from).toBeGreaterThanOrEqual(last);
    expect(to).toBeGreaterThanOrEqual(from);
    expect(to).toBeLessThanOrEqual(length);
    last = to;
    if (output.kind === "transaction") expect(transactionSchema.safeParse(output.transaction).success).toBe(true);
  }
}

/** Before the checkpoint a record is final. What was cut off is told after it. */
const isFinal = (output: AdapterOutput, checkpoint: Checkpoint): boolean =>
  output.range[1] <= checkpoint.offset && !(output.kind === "set-aside" && output.code === "capture.truncated");

function expectCut<Config>(
  adapter: Adapter<Config>,
  config: Config,
  bytes: Uint8Array,
  whole: readonly AdapterOutput[],
  selfDelimiting: boolean,
): void {
  const { outputs, checkpoint } = parseInPieces(adapter, config, bytes, []);
  expectSound(outputs, bytes.length);
  const final = outputs.filter((output) => isFinal(output, checkpoint));
  expect(final).toEqual(whole.slice(0, final.length));
  const complete = whole.filter((output) => output.kind === "transaction" && output.range[1] <= bytes.length);
  const found = outputs.filter((output) => output.kind === "transaction");
  if (selfDelimiting) expect(found).toEqual(complete);
  else expect(found.slice(0, Math.max(0, complete.length - 1))).toEqual(complete.slice(0, -1));
}
