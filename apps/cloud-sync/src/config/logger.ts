import { pino, type Logger } from "pino";

/** Paths whose values never reach a log, whoever passes them in. */
const SECRETS = ["authorization", "password", "secret", "token", "pseudonymKey", "connectionString"];

/** JSON lines on stderr, so that stdout belongs to `--json`. `TILLSYNC_LOG_LEVEL` overrides the level. */
export function createLogger(env: NodeJS.ProcessEnv, level = "info"): Logger {
  return pino(
    {
      level: env["TILLSYNC_LOG_LEVEL"] ?? level,
      base: { app: "cloud-sync" },
      redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: "[redacted]" },
      serializers: { err: serializeError },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}

/** Error text, code and stack, and the same of its cause. Drivers hang parameters on their errors, which hold sales: those stay out. */
function serializeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const code = "code" in error ? { code: error.code } : {};
  return {
    type: error.name,
    message: error.message,
    ...code,
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: serializeError(error.cause) }),
  };
}
