/* One of our adapters over a file in memory: scanning, mapping, card filter, schema check; nothing is written. */
import { findAdapter, readAdapterConfig } from "@tillsync/pos-adapters";
import type { Pseudonym } from "@tillsync/sync-protocol";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { done, input, tell } from "../processes/worker.ts";
import { chunksOf, type ParseRun } from "./parse-run.ts";

const { name, config, file } = input<{ name: string; config: unknown; file: string }>();
const bytes = readFileSync(file);
const adapter = findAdapter(name);
const settings = readAdapterConfig(adapter, config);
/** As the agent makes them; it is part of the work. */
const pseudonymise = (kind: string, value: string): Pseudonym =>
  createHmac("sha256", "bench").update(`${kind}\n${value}`).digest("base64url").slice(0, 22) as Pseudonym;

let records = 0;
let setAside = 0;
const codes = new Map<string, number>();
const started = performance.now();
const session = adapter.open(settings, { pseudonymise });
for (const chunk of chunksOf(bytes)) for (const output of session.write(chunk)) count(output);
for (const output of session.end()) count(output);
const elapsedMs = performance.now() - started;

if (setAside > 0) throw new Error(`set aside: ${JSON.stringify([...codes])}`);
await tell({ elapsedMs, bytes: bytes.length, records, setAside } satisfies ParseRun);
done();

function count(output: { kind: string; code?: string; detail?: string }): void {
  if (output.kind === "transaction") records += 1;
  else {
    setAside += 1;
    const reason = `${output.code}: ${output.detail}`;
    codes.set(reason, (codes.get(reason) ?? 0) + 1);
  }
}
