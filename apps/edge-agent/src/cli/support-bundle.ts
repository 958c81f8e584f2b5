import { existsSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { TillsyncError } from "@tillsync/sync-protocol";
import { askAgent } from "../control/ask-agent.ts";
import { loadEnrolment } from "../enrol/enrolment.ts";
import { bundleName } from "../support/bundle-name.ts";
import { makeBundle } from "../support/bundle/make-bundle.ts";
import type { Command } from "./command.ts";
import { readFlags } from "./read-flags.ts";

export const supportBundle: Command = {
  usage: "support-bundle --data DIR [--out FILE] [--json]",
  summary:
    "writes a zip archive for whoever helps: status, doctor, configuration, history of the line, what was set aside, the last log; no secrets, no receipts, nobody's names. --out - writes it to stdout",
  run: async (args) => {
    const flags = readFlags(args, { out: { type: "string" } });
    const { data, json } = flags;
    if (!existsSync(data)) throw new TillsyncError("data.not-found", data);
    const live = {
      status: await quietly(() => askAgent(data, "status", {})),
      snapshot: await quietly(() => askAgent(data, "snapshot", {})),
    };
    const zip = await makeBundle(data, { now: () => Date.now(), live, env: process.env });
    const out = flags.text("out");
    if (out === "-") return writeOut(zip);
    const path = resolve(out ?? bundleName(await quietly(() => loadEnrolment(data)?.terminal), Date.now()));
    writeNew(path, zip);
    console.log(json ? JSON.stringify({ file: path, bytes: zip.length }) : path);
    return 0;
  },
};

/** An agent that does not answer is a finding of the bundle, not its end. */
async function quietly<T>(ask: () => Promise<T> | T): Promise<T | undefined> {
  try {
    return await ask();
  } catch (cause) {
    if (cause instanceof TillsyncError) return undefined;
    throw cause;
  }
}

/** For its owner alone, and never over another file. */
function writeNew(path: string, bytes: Uint8Array): void {
  try {
    writeFileSync(path, bytes, { flag: "wx", mode: 0o600 });
  } catch (cause) {
    throw new TillsyncError("usage.invalid", `${path}: ${(cause as NodeJS.ErrnoException).code ?? "cannot be written"}`, { cause });
  }
}

const writeOut = (bytes: Uint8Array): Promise<number> =>
  new Promise((done) => {
    process.stdout.write(bytes, () => done(0));
  });
