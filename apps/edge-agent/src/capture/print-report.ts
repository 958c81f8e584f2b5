import type { CaptureReport } from "./capture-paths.ts";

/** A line per file and one for all. */
export function printReport(report: CaptureReport): string {
  const lines = report.files.map((file) => {
    if (file.error !== undefined) return `${file.path}: ${file.error.message} [${file.error.code}]`;
    return `${file.path}: ${counts(file)}${file.knownContent ? " (this content was captured before)" : ""}`;
  });
  const { total } = report;
  return [...lines, `${total.files} files, ${total.failed} failed: ${counts(total)}`].join("\n");
}

const counts = (of: CaptureReport["total"] | CaptureReport["files"][number]): string =>
  `${of.transactions} transactions, ${of.new} new, ${of.duplicates} known, ${of.revisions} revisions, ${of.setAside} set aside, ${of.notSales} no sale`;
