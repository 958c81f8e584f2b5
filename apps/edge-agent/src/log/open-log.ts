import { join } from "node:path";
import { pino, type Logger } from "pino";
import { plainLine } from "./plain-line.ts";
import { openRollingFile, type RollingFileOptions } from "./rolling-file.ts";

/** Never in a log, wherever it turns up. */
const SECRETS = [
  "secret",
  "code_",
  "authorization",
  "token",
  "pseudonymKey",
  "privateKey",
  "*.secret",
  "*.authorization",
  "*.token",
  "*.pseudonymKey",
  "*.privateKey",
  "*.headers.authorization",
  "*.*.headers.authorization",
];

/** Folder of a data folder's log. */
export const logFolder = (dir: string): string => join(dir, "log");

export interface AgentLog {
  readonly log: Logger;
  readonly close: () => void;
}

export interface LogOptions extends RollingFileOptions {
  /** Where lines go besides the file; stderr, at once, so that the last one is not lost. */
  readonly beside?: { write(line: string): unknown };
}

/**
 * The log of a running agent: JSON lines on stderr, since stdout belongs to the command's own document, and the same lines
 * in `DIR/log`, bounded, for the day on which nobody has kept stderr. One event is one line, whatever is in it.
 */
export function openLog(dir: string, level: string, options: LogOptions = {}): AgentLog {
  const file = openRollingFile(logFolder(dir), options);
  const beside = options.beside ?? pino.destination({ dest: 2, sync: true });
  const stream = {
    write: (line: string): void => {
      const plain = plainLine(line);
      beside.write(plain);
      file.write(plain);
    },
  };
  const log = pino({ level, redact: { paths: SECRETS, censor: "[redacted]" }, base: { name: "edge-agent" } }, stream);
  return { log, close: file.close };
}
