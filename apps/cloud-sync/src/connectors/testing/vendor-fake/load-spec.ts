import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { parseDocument } from "yaml";

/** Where vendors' own specifications lie; suites that need them skip when it is not set. */
export const vendorSpecs = process.env["TILLSYNC_VENDOR_SPECS"] ?? "";

/** What a suite's name says when it does not run. */
export const specsAbsent = vendorSpecs === "" ? " (skipped: TILLSYNC_VENDOR_SPECS is not set)" : "";

export type Json = Record<string, unknown>;

const loaded = new Map<string, Json>();

/**
 * A vendor's specification as data, once for each file of this process. References that leave the document are dropped:
 * vendors put them into examples. A YAML document that its maker broke in a place is read as far as it can be.
 */
export function loadSpec(path: string): Json {
  const known = loaded.get(path);
  if (known !== undefined) return known;
  const bytes = readFileSync(join(vendorSpecs, path));
  const text = (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString();
  const value = /\.ya?ml(\.gz)?$/.test(path) ? parseDocument(text, { uniqueKeys: false }).toJS({ maxAliasCount: -1 }) : JSON.parse(text);
  const spec = withoutOutsideReferences(value) as Json;
  loaded.set(path, spec);
  return spec;
}

/** Examples are left out as well: they are no part of the rules, and half of the file. */
function withoutOutsideReferences(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutOutsideReferences);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(
    ([key, part]) => !(key === "$ref" && typeof part === "string" && !part.startsWith("#")) && !(key === "examples" && !isSchemaMap(part)),
  );
  return Object.fromEntries(kept.map(([key, part]) => [key, withoutOutsideReferences(part)]));
}

/** A property may be called `examples`. */
const isSchemaMap = (part: unknown): boolean => typeof part === "object" && part !== null && ("type" in part || "$ref" in part);
