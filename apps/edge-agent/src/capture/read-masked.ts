import type { SourceFile } from "../sources/open-file.ts";
import type { ReadMasked } from "./append-outputs.ts";
import { MASK_MARGIN_BYTES, SET_ASIDE_BYTES_MAX } from "./limits.ts";
import type { Reader } from "./reader.ts";

/** Reads ranges of the file again for set-aside: masked before they are cut, so that no half of a card number stays. */
export const readMaskedFrom =
  (file: Pick<SourceFile, "readNow">, reader: Pick<Reader, "mask">): ReadMasked =>
  ([start, end]) => {
    const kept = Math.min(end - start, SET_ASIDE_BYTES_MAX);
    const buffer = new Uint8Array(Math.min(end - start, kept + MASK_MARGIN_BYTES));
    const read = file.readNow(buffer, start);
    return reader.mask(buffer.subarray(0, read)).subarray(0, kept);
  };
