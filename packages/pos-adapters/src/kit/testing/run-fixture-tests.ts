import { describe, expect, test } from "vitest";
import type { Adapter } from "../adapter.ts";
import { readAdapterConfig } from "../define-adapter.ts";
import { parseAll } from "./parse-all.ts";

/** A source of our own writing and what an adapter must make of it. */
export interface Fixture {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly config: unknown;
  readonly expected: unknown;
  /** Writes what came out as the new expectation. */
  readonly update?: (outputs: unknown) => void;
}

/** Compares what an adapter makes of each fixture with what is expected, to the last field. */
export function runFixtureTests<Config>(adapter: Adapter<Config>, fixtures: readonly Fixture[]): void {
  describe(`${adapter.manifest.name} fixtures`, () => {
    test.each(fixtures)("$name", ({ bytes, config, expected, update }) => {
      const outputs = parseAll(adapter, readAdapterConfig(adapter, config), bytes);
      update?.(outputs);
      expect(JSON.parse(JSON.stringify(outputs))).toEqual(update === undefined ? expected : JSON.parse(JSON.stringify(outputs)));
    });
  });
}
