import { TillsyncError } from "@tillsync/sync-protocol";
import { JSON_DEPTH_MAX } from "./limits.ts";

const [QUOTE, BACKSLASH, LF] = [0x22, 0x5c, 0x0a];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];

/**
 * Refuses nesting past the limit before anything parses it: one pass over the bytes, no recursion. Of lines
 * (`ndjson`) each begins anew, also where the one before was left open. Throws `intake.invalid`.
 */
export function refuseDeepJson(bytes: Uint8Array, form: "json" | "ndjson"): void {
  let [depth, inText] = [0, false];
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i];
    if (byte === LF && form === "ndjson") [depth, inText] = [0, false];
    else if (inText) {
      // A line's end is never escaped: it ends the line whatever stands before it.
      if (byte === BACKSLASH && (form === "json" || bytes[i + 1] !== LF)) i += 1;
      else if (byte === QUOTE) inText = false;
    } else if (byte === QUOTE) inText = true;
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      depth += 1;
      if (depth > JSON_DEPTH_MAX) throw new TillsyncError("intake.invalid", `nested deeper than ${JSON_DEPTH_MAX}`);
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) depth = Math.max(0, depth - 1);
  }
}

/** Names that reach into JavaScript's own objects. No field of ours is called so, and no vendor's need be. */
const PROTOTYPE_NAMES: ReadonlySet<string> = new Set(["__proto__", "prototype", "constructor"]);
/** A text without any of these and without escaped letters cannot hold such a name: most are not walked. */
const MAY_HOLD_ONE = /__proto__|prototype|constructor|\\u00/;

/**
 * Refuses keys such as `__proto__` anywhere in a text, or in any line of it. The nesting must have been checked before; a
 * text or line that is no JSON has no keys. Throws `intake.invalid`.
 */
export function refusePrototypeKeys(text: string, form: "json" | "ndjson"): void {
  if (!MAY_HOLD_ONE.test(text)) return;
  for (const part of form === "json" ? [text] : text.split("\n")) if (MAY_HOLD_ONE.test(part)) walk(parseJson(part));
}

/** What a text is as JSON; `undefined` where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function walk(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    if (!Array.isArray(value) && PROTOTYPE_NAMES.has(key)) throw new TillsyncError("intake.invalid", `key ${key}`);
    walk(item);
  }
}
