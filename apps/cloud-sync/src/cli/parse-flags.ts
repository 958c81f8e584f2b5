import { parseArgs, type ParseArgsConfig } from "node:util";
import { TillsyncError } from "@tillsync/sync-protocol";

type Options = NonNullable<ParseArgsConfig["options"]>;

/** Flags that choose the database and the form of the answer: the same in every command. */
export const COMMON_FLAGS = {
  data: { type: "string" },
  "database-url": { type: "string" },
  json: { type: "boolean", default: false },
} as const satisfies Options;

/** Strict: an unknown flag, a missing value or a stray word is `usage.invalid`. */
export function parseFlags<T extends Options>(args: readonly string[], options: T, positionalsMax = 0) {
  const parse = () => parseArgs({ args: [...args], options: { ...COMMON_FLAGS, ...options }, strict: true, allowPositionals: true });
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse();
  } catch (cause) {
    throw new TillsyncError("usage.invalid", cause instanceof Error ? cause.message.split("\n")[0] : undefined, { cause });
  }
  const stray = parsed.positionals[positionalsMax];
  if (stray !== undefined) throw new TillsyncError("usage.invalid", `unexpected ${JSON.stringify(stray)}`);
  return parsed;
}

/** A flag that the command cannot do without. */
export function required(value: string | undefined, flag: string): string {
  if (value === undefined || value === "") throw new TillsyncError("usage.invalid", `--${flag} is missing`);
  return value;
}
