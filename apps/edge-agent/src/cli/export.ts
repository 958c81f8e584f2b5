import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { resolve } from "node:path";
import { TillsyncError } from "@tillsync/sync-protocol";
import { loadEnrolment } from "../enrol/enrolment.ts";
import { exportJournal } from "../journal/export-journal.ts";
import { loadOrCreateKeys } from "../keys/key-files.ts";
import { signHead } from "../keys/sign-head.ts";
import { openToRead } from "../store/open-to-read.ts";
import type { Command } from "./command.ts";
import { readFlags } from "./read-flags.ts";

export const exportCommand: Command = {
  usage: "export --data DIR [--out FILE]",
  summary: "writes the whole journal as NDJSON with signed heads, to stdout or to a new file; it can be checked without this terminal",
  run: async (args) => {
    const flags = readFlags(args, { out: { type: "string" } });
    const out = flags.text("out");
    const store = openToRead(flags.data, () => Date.now());
    try {
      const { journal } = loadOrCreateKeys(flags.data);
      const enrolment = loadEnrolment(flags.data);
      const lines = exportJournal(store, { terminalId: enrolment?.terminal ?? null, storeId: enrolment?.store ?? null }, (head) =>
        head.journalKey === journal.thumbprint ? signHead(journal, head.epoch, head.seq, head.hash) : undefined,
      );
      const stream = out === undefined ? process.stdout : await openNew(resolve(out));
      for (const line of lines) if (!stream.write(line)) await once(stream, "drain");
      if (out !== undefined) {
        stream.end();
        await finished(stream);
      }
      return 0;
    } finally {
      store.close();
    }
  },
};

/** A new file: an export of yesterday is never overwritten. Throws `service.out-unwritable`. */
async function openNew(path: string): Promise<WriteStream> {
  const stream = createWriteStream(path, { flags: "wx", mode: 0o600 });
  await once(stream, "open").catch((cause: unknown) => {
    throw new TillsyncError("service.out-unwritable", `${path}: ${(cause as NodeJS.ErrnoException).code ?? "unknown"}`, { cause });
  });
  return stream;
}
