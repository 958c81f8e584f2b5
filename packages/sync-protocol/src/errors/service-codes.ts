import { entry, type ErrorEntry } from "./entry.ts";

/** The part of the catalogue about the agent as a service of its machine. Whoever installs it meets these; staff do not. */
export const SERVICE_CODES = {
  "service.not-root": entry(
    "after-fix",
    "Only root may do this for the whole machine.",
    "Run it with sudo, or with --user for a service of your own.",
  ),
  "service.no-manager": entry(
    "after-fix",
    "No service manager that Tillsync knows runs on this machine.",
    "Use --print and give the text to the manager that runs here, or start `edge-agent run` by its means.",
  ),
  "service.other-program": entry(
    "after-fix",
    "The service is installed with another program or another data folder.",
    "Use --replace to let this one take its place; the data folder named stays as it is.",
  ),
  "service.program-writable": entry(
    "after-fix",
    "Others than root may change the program, and so what the service does.",
    "Put the program where only root can write, for example below /opt, and give it to root.",
  ),
  "service.name-unsafe": entry(
    "never",
    "A path or name holds characters that no service description can hold.",
    "Choose another folder or name, without line breaks and quotes.",
  ),
  "service.folder-unfit": entry(
    "never",
    "The service does not see this folder: it lies where files do not last.",
    "Let the POS write to a folder that stays, for example below /srv.",
  ),
  "service.user-missing": entry(
    "after-fix",
    "The user that the service is to run as does not exist here.",
    "Make the user first, without a login; then install the service again.",
  ),
  "service.not-installed": entry("never", "The service is not installed here.", "Run `edge-agent service install`."),
  "service.packaged": entry(
    "never",
    "The service came with a package of this system.",
    "Remove the package with the tool that installed it, for example `apt remove tillsync-agent`.",
  ),
  "service.manager-failed": entry(
    "after-fix",
    "A tool of the system refused.",
    "See what it said; then run the command again, which goes on where it stopped.",
  ),
  "service.out-unwritable": entry(
    "never",
    "The file named cannot be written by the data folder's owner, or exists.",
    "Name a new file elsewhere, or redirect what the command prints: `edge-agent export > FILE`.",
  ),
  "service.unsent": entry(
    "after-fix",
    "The data folder holds sales that the cloud does not have; it was not deleted.",
    "Let the agent send them, or export them with `edge-agent export`; --forget-unsent deletes them for good.",
  ),
} as const satisfies Record<string, ErrorEntry>;
