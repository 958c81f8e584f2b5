import type { PackageKind } from "../trust/release.ts";

/** How versions lie on a machine: how one is put in place, and how the one before comes back. Each step may be done twice. */
export interface Layout {
  readonly kind: PackageKind;
  /** The version that is in place; undefined: none, or half of one. */
  readonly installed: () => Promise<string | undefined>;
  /** Makes sure that what is in place can come back, without a network. */
  readonly keep: (version: string) => Promise<void>;
  /** Puts a proven package in place. Rejects with `CommandFailed`, and the version before may be gone then. */
  readonly install: (file: string, version: string) => Promise<void>;
  readonly revert: (version: string) => Promise<void>;
  /** Commands of a shell that do what `revert` does, for when no part of a package runs. */
  readonly revertCommands: (version: string) => string;
  /** Ends what runs and starts what is in place. */
  readonly restart: () => Promise<void>;
  /** Removes all versions but these. */
  readonly tidy: (versions: readonly string[]) => Promise<void>;
}

/** What ends and starts the agent where no package does. */
export interface Supervisor {
  readonly restart: () => Promise<void>;
  /** The same as a command of a shell. */
  readonly command: string;
}
