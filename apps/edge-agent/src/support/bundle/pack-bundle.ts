import { zipSync, type Zippable } from "fflate";
import { BUNDLE_BYTES_MAX } from "../../window-api/care.ts";

/** Of the log; about a tenth of it when it is packed. What is put together here stands in memory, beside the agent. */
const LOG_BYTES_MAX = 6 * 1024 * 1024;
const LOG_BYTES_MIN = 16 * 1024;
/** Parts besides the log are some ten KB; one that is larger is cut, so that it is the log that gives way. */
const PART_BYTES_MAX = 1024 * 1024;

export interface BundleContents {
  /** By file name. */
  readonly parts: ReadonlyMap<string, Uint8Array>;
  /** The last bytes of the log, ready to be handed on. */
  readonly logTail: (bytesMax: number) => Uint8Array;
}

/** One zip archive of `bytesMax` at most: of what does not fit, the older half of the log goes first. */
export function packBundle({ parts, logTail }: BundleContents, bytesMax: number = BUNDLE_BYTES_MAX): Uint8Array {
  const files: Zippable = {};
  for (const [name, bytes] of parts) files[name] = bytes.subarray(0, PART_BYTES_MAX);
  for (let logBytes = Math.min(LOG_BYTES_MAX, 8 * bytesMax); logBytes >= LOG_BYTES_MIN; logBytes /= 2) {
    const zip = zipSync({ ...files, "log.ndjson": logTail(Math.floor(logBytes)) });
    if (zip.length <= bytesMax) return zip;
  }
  return zipSync(files);
}
