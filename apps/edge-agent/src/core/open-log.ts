import { pino, type Logger } from "pino";

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
];

/** JSON lines on stderr: stdout belongs to the command's own document. Synchronous, so that the last line is not lost. */
export const openLog = (level: string): Logger =>
  pino(
    { level, redact: { paths: SECRETS, censor: "[redacted]" }, base: { name: "edge-agent" } },
    pino.destination({ dest: 2, sync: true }),
  );
