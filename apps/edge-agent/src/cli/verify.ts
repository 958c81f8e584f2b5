import { verifyJournal } from "../journal/verify-journal.ts";
import { openToRead } from "../store/open-to-read.ts";
import type { Command } from "./command.ts";
import { readFlags } from "./read-flags.ts";

export const verify: Command = {
  usage: "verify --data DIR [--json]",
  summary: "computes the journal's chains again and compares receipts and totals; exits 1 and names the first bad entry",
  run: (args) => {
    const flags = readFlags(args);
    const store = openToRead(flags.data, () => Date.now());
    try {
      const report = verifyJournal(store);
      if (flags.json) console.log(JSON.stringify(report));
      else for (const line of linesOf(report)) console.log(line);
      return Promise.resolve(report.ok ? 0 : 1);
    } finally {
      store.close();
    }
  },
};

function linesOf(report: ReturnType<typeof verifyJournal>): string[] {
  const epochs = report.epochs.map((e) => `epoch ${e.epoch}: entries ${e.fromSeq} to ${e.seq} ${e.ok ? "intact" : "NOT INTACT"}`);
  const faults = report.faults.map((f) => `${f.epoch === null ? "" : `epoch ${f.epoch}, entry ${f.seq}: `}${f.what} [${f.code}]`);
  return [...epochs, ...faults, `${report.entries} entries and ${report.receipts} receipts checked`];
}
