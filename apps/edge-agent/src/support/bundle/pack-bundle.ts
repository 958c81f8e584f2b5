import { zipSync, type Zippable } from "fflate";
import { BUNDLE_BYTES_MAX } from "../../window-api/care.ts";

/** Of the log; about a tenth of it when it is packed. */
const LOG_BYTES_MAX = 8 * 1024 * 1024;
const LOG_BYTES_MIN = 16 * 1024;
/** Parts besides the log are some ten KB; one that is larger is cut, so that it is the log that gives way. */
const PART_CHARS_MAX = 2 * 1024 * 1024;

export interface BundleContents {
  /** By file name. */
  readonly parts: ReadonlyMap<string, string>;
  /** The last bytes of the log, ready to be handed on. */
  readonly logTail: (bytesMax: number) => string;
}

/** One zip archive of `bytesMax` at most: of what does not fit, the older half of the log goes first. */
export function packBundle({ parts, logTail }: BundleContents, bytesMax: number = BUNDLE_BYTES_MAX): Uint8Array {
  const files: Zippable = {};
  for (const [name, text] of parts) files[name] = Buffer.from(text.slice(0, PART_CHARS_MAX));
  for (let logBytes = Math.min(LOG_BYTES_MAX, 8 * bytesMax); logBytes >= LOG_BYTES_MIN; logBytes /= 2) {
    const zip = zipSync({ ...files, "log.ndjson": Buffer.from(logTail(Math.floor(logBytes))) });
    if (zip.length <= bytesMax) return zip;
  }
  return zipSync(files);
}
