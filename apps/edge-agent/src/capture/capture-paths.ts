import { TillsyncError } from "@tillsync/sync-protocol";
import { captureFile, type CaptureDeps, type FileResult } from "./capture-file.ts";
import { CAPTURE_PATHS_MAX, FILE_BYTES_MAX_DEFAULT } from "./limits.ts";
import type { OpenReader } from "./reader.ts";
import { addSummary, emptySummary, type CaptureSummary } from "./summary.ts";

export interface CaptureRequest {
  readonly adapter: string;
  readonly config?: unknown;
  /** Absolute. */
  readonly paths: string[];
  readonly fileBytesMax?: number | undefined;
}

export interface CaptureReport {
  /** Nothing failed and nothing needs a person. */
  readonly ok: boolean;
  readonly files: FileResult[];
  readonly total: CaptureSummary & { files: number; failed: number };
}

/**
 * Captures files one after the other; one that fails does not stop the rest. Throws `adapter.*` before the first file,
 * and `store.*` when nothing can be kept any more: files before that are captured, and the same command goes on.
 */
export async function capturePaths(deps: CaptureDeps & { openReader: OpenReader }, request: CaptureRequest): Promise<CaptureReport> {
  if (request.paths.length > CAPTURE_PATHS_MAX) throw new TillsyncError("usage.invalid", `more than ${CAPTURE_PATHS_MAX} paths`);
  const reader = await deps.openReader(request.adapter, request.config);
  const files: FileResult[] = [];
  const total = { files: 0, failed: 0, ...emptySummary() };
  for (const path of request.paths) {
    const result = await captureFile(deps, path, reader, request.fileBytesMax ?? FILE_BYTES_MAX_DEFAULT);
    files.push(result);
    addSummary(total, pick(result));
    total.files += 1;
    if (result.error !== undefined) total.failed += 1;
  }
  return { ok: total.failed === 0 && total.setAside === 0, files, total };
}

const pick = ({ transactions, new: fresh, duplicates, revisions, setAside, notSales }: FileResult): CaptureSummary => ({
  transactions,
  new: fresh,
  duplicates,
  revisions,
  setAside,
  notSales,
});
