/** One subcommand: a file of its own, entered in `commands.ts`. */
export interface Command {
  /** What follows `edge-agent` in the usage text, flags included. */
  readonly usage: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Gets the arguments after the command's name. The result is the exit code; a thrown `TillsyncError` is printed and exits 1. */
  readonly run: (args: readonly string[]) => Promise<number>;
}
