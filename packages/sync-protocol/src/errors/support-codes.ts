import { entry, type ErrorEntry } from "./entry.ts";

/** Codes of what staff hand to IT. */
export const SUPPORT_CODES = {
  "support.too-many": entry(
    "automatic",
    "Too many requests for help wait already.",
    "Nothing is lost: what was set aside stays listed. Call whoever helps; the waiting ones come first.",
    429,
  ),
  "support.number-unknown": entry(
    "never",
    "There is no request for help under this number.",
    "Ask for the number again; it may not have arrived yet, while the shop's line is down. See `support list --all`.",
  ),
  "support.number-shared": entry("never", "Two terminals use this number for their requests.", "Name the terminal with --terminal."),
  "support.command-failed": entry(
    "after-fix",
    "The agent could not examine itself or put the files for support together.",
    "Try again, or run `edge-agent doctor` or `edge-agent support-bundle` at this machine and see what they say.",
  ),
} as const satisfies Record<string, ErrorEntry>;
