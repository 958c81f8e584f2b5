/**
 * A server that others wrote, on this machine's loopback. Everything of it is in one folder; nothing is started that is
 * not stopped by its process id. Packages come from the registries of Debian, npm, PyPI and Maven alone.
 */
export interface TestServer {
  readonly name: string;
  /** What it stands for, in a line: `ERP: Tryton 6.0 from Debian, on PostgreSQL`. */
  readonly summary: string;
  /**
   * Puts the program on this machine and seeds it once; quick when that is done already. As root where Debian packages are missing.
   * Throws with what is needed where it cannot be had.
   */
  install(folder: string): Promise<void>;
  /** Starts it on a fresh copy of the seeded state, or on the state that is there, and resolves when it answers. */
  start(folder: string, options: StartOptions): Promise<RunningServer>;
}

export interface StartOptions {
  /** Keep what the last life wrote: what a killed server comes back with. */
  readonly keepState?: boolean;
  /** Undefined: a free one. */
  readonly port?: number;
}

export interface RunningServer {
  /** Process ids, to stop it from another process. */
  readonly pids: readonly number[];
  /** What a client needs: addresses, throw-away credentials, ids of seeded records. JSON. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** A file of a destination for this server, secrets included: what `cloud-sync destinations add` takes. */
  readonly destination: Readonly<Record<string, unknown>>;
  /** As a power cut does. Start it again with `keepState`. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}
