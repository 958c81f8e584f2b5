import { entry, type ErrorEntry } from "./entry.ts";

/** The part of the catalogue about the agent's doors on its own machine, and about the window that is opened in a browser. */
export const DOOR_CODES = {
  "door.forbidden": entry(
    "never",
    "This may not be asked at the staff's door.",
    "Run the command as the agent's own user, with the data folder itself after --data.",
    403,
  ),
  "door.busy": entry("automatic", "Too many programs ask the agent at once.", "Wait a moment; the window asks again.", 503),
  "door.taken": entry(
    "after-fix",
    "Something else stands in the place where the agent listens.",
    "Remove what is named and find out who put it there. Sales stay safe.",
  ),
  "door.folder-unsafe": entry(
    "after-fix",
    "Others than the agent may change the folder of the staff's door, or the folder is not there.",
    "Let it belong to the agent's user, writable by no one else. Sales are captured meanwhile.",
  ),
  "window.not-built": entry(
    "after-fix",
    "The window's files are missing.",
    "Install the package again; from the sources, build the window first.",
  ),
  "window.link-spent": entry("never", "The link was used before or has expired.", "Run `edge-agent open` again.", 410),
  "window.session-ended": entry("never", "This page may not ask any more.", "Run `edge-agent open` again and use its new link.", 401),
  "window.origin-refused": entry(
    "never",
    "The request does not come from the window's own page.",
    "Open the window with `edge-agent open`.",
    403,
  ),
  "window.no-browser": entry("after-fix", "No browser could be started.", "Run `edge-agent open --print` and open the link that it shows."),
} as const satisfies Record<string, ErrorEntry>;
