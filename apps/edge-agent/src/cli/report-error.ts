import { TillsyncError } from "@tillsync/sync-protocol";

/** Prints a failure on stderr, and its JSON on stdout for `--json`. Exit 2 is wrong usage, 1 everything else. */
export const reportError =
  (json: boolean) =>
  (error: unknown): number => {
    const known = error instanceof TillsyncError ? error : new TillsyncError("internal.unexpected", undefined, { cause: error });
    if (json) console.log(JSON.stringify(known.toJSON()));
    console.error(`edge-agent: ${known.message} [${known.code}]\n${known.entry.nextStep}`);
    if (!(error instanceof TillsyncError)) console.error(error);
    return known.code === "usage.invalid" ? 2 : 1;
  };
