import { entry, type ErrorEntry } from "./entry.ts";

/** Codes of updates of the agent itself. Until one is proven and in place, the version that is there goes on. */
export const UPDATE_CODES = {
  "update.none-configured": entry(
    "never",
    "This agent does not look for updates.",
    "Name where they are in `config.json`, under `updates`, and use a package that brings signing keys.",
  ),
  "update.unreachable": entry(
    "automatic",
    "The place where updates are looked for does not answer as it should.",
    "Nothing: it is tried again. If it stays, check the address or folder in the configuration.",
  ),
  "update.malformed": entry("after-fix", "An update's description does not have the right shape.", "Report it to whoever publishes it."),
  "update.signature": entry(
    "after-fix",
    "An update is not signed by enough of the keys that may sign it.",
    "Do not install it by hand. Report it to whoever publishes it.",
  ),
  "update.expired": entry(
    "after-fix",
    "The update's description is past its date, or this machine's clock is wrong.",
    "Check the clock; otherwise ask for a newer release.",
  ),
  "update.rollback": entry(
    "never",
    "What was offered is older than what was here before.",
    "Nothing. If an older version is wanted, it is published again under a higher number.",
  ),
  "update.wrong-place": entry(
    "never",
    "The update is for another kind of machine or install.",
    "Publish the one for this machine beside it.",
  ),
  "update.wrong-file": entry(
    "automatic",
    "The update's file is not the one that was signed.",
    "Nothing: it is fetched again. If it stays, report it to whoever publishes it.",
  ),
  "update.refused": entry(
    "never",
    "This version failed here before, or was declined by a person.",
    "Nothing: the next version is taken again.",
  ),
  "update.tampered": entry(
    "after-fix",
    "The folder of a staged update is not as the agent left it.",
    "Find out who else writes to the agent's data folder. Nothing was installed.",
  ),
  "update.rights": entry("never", "Only the administrator may put an update in place.", "Run the command as root."),
  "update.install-failed": entry(
    "automatic",
    "The update could not be installed; the version before is in place.",
    "See the log of the update job for the installer's own words.",
  ),
  "update.reverted": entry(
    "never",
    "An update did not show that it is well and was taken back. The version before runs.",
    "Nothing at the till. Tell whoever publishes it; this version is not tried again here.",
  ),
  "update.revert-failed": entry(
    "after-fix",
    "An update failed, and the version before could not be put back.",
    "Call support: install a working version by hand. What was captured is kept.",
  ),
  "update.overdue": entry(
    "after-fix",
    "An update has waited for a quiet hour for too long.",
    "Choose a moment without customers and run `edge-agent updates apply --now` as administrator, or set the opening hours.",
  ),
} as const satisfies Record<string, ErrorEntry>;
