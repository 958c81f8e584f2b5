/* oxlint-disable no-restricted-imports -- tests read their fixtures from disk */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Fixture } from "../run-fixture-tests.ts";

/**
 * Reads the fixtures of an adapter from a folder, in order: one folder `NN-what` each, with `input.*`, `expected.json` and,
 * where it needs one, `config.json`. With `TILLSYNC_UPDATE_FIXTURES=1` what the adapter makes of them is written as
 * `expected.json`: read the difference before you commit it. Kept apart because it needs Node's file system.
 */
export function loadFixtures(root: string): Fixture[] {
  return readdirSync(root)
    .filter((name) => /^[0-9]{2}-/.test(name))
    .toSorted()
    .map((name) => {
      const folder = join(root, name);
      const files = readdirSync(folder);
      const input = files.find((file) => file.startsWith("input."));
      if (input === undefined) throw new Error(`${folder} has no input`);
      const json = (file: string): unknown => (files.includes(file) ? JSON.parse(readFileSync(join(folder, file), "utf8")) : undefined);
      const update = (outputs: unknown): void => writeFileSync(join(folder, "expected.json"), `${JSON.stringify(outputs, null, 1)}\n`);
      return {
        name,
        bytes: new Uint8Array(readFileSync(join(folder, input))),
        config: json("config.json") ?? {},
        expected: json("expected.json"),
        ...(process.env["TILLSYNC_UPDATE_FIXTURES"] === "1" ? { update } : {}),
      };
    });
}
