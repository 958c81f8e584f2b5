import type { CaptureDeps } from "../capture/capture-file.ts";
import type { OpenReader } from "../capture/reader.ts";
import type { ReplicatorPorts } from "../replicator/ports.ts";

/** Where sources write what people may want to know; pino fits. */
export interface SourceLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What a source needs of the process that runs it. */
export interface SourceDeps extends CaptureDeps {
  readonly openReader: OpenReader;
  readonly ports: Pick<ReplicatorPorts, "monotonicMs" | "setTimer">;
  readonly log: SourceLog;
  /** True while a person wants that sources are not read; what is being read then comes to its end. */
  readonly paused?: () => boolean;
}
