import { resolve } from "node:path";
import { parseArgs, type ParseArgsConfig } from "node:util";
import { TillsyncError } from "@tillsync/sync-protocol";

type Flags = NonNullable<ParseArgsConfig["options"]>;

const COMMON = { data: { type: "string" }, json: { type: "boolean", default: false } } as const satisfies Flags;

export interface FlagValues {
  /** The data folder, absolute. */
  readonly data: string;
  readonly json: boolean;
  readonly positionals: readonly string[];
  /** A flag with a value, when it was given. */
  readonly text: (name: string) => string | undefined;
  /** All values of a flag that may be given more than once. */
  readonly texts: (name: string) => readonly string[];
  readonly has: (name: string) => boolean;
}

/** Reads a command's arguments. `--data` (or TILLSYNC_DATA) and `--json` belong to all. Throws `usage.invalid`. */
export function readFlags(args: readonly string[], flags: Flags = {}, positionals: "none" | "any" = "none"): FlagValues {
  const parsed = parse(args, flags, positionals === "any");
  const values: Record<string, unknown> = parsed.values;
  const { data = process.env["TILLSYNC_DATA"], json } = parsed.values;
  if (typeof data !== "string" || data === "") throw new TillsyncError("usage.invalid", "--data DIR is needed");
  return {
    data: resolve(data),
    json,
    positionals: parsed.positionals,
    text: (name) => {
      const value = values[name];
      return typeof value === "string" ? value : undefined;
    },
    texts: (name) => {
      const value = values[name];
      return Array.isArray(value) ? value.filter((text) => typeof text === "string") : [];
    },
    has: (name) => values[name] === true,
  };
}

function parse(args: readonly string[], flags: Flags, allowPositionals: boolean) {
  try {
    return parseArgs({ args: [...args], options: { ...COMMON, ...flags }, allowPositionals, strict: true });
  } catch (cause) {
    throw new TillsyncError("usage.invalid", cause instanceof Error ? cause.message : undefined, { cause });
  }
}
