import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { TillsyncError } from "@tillsync/sync-protocol";
import { findWindowFolder, loadWindowFiles } from "../browser-window/load-window-files.ts";
import { serveBrowserWindow, type BrowserWindow, type WindowEnd } from "../browser-window/serve-browser-window.ts";
import { startBrowser } from "../browser-window/start-browser.ts";
import { askAgent } from "../control/ask-agent.ts";
import { readDoorSecret } from "../control/door-secret.ts";
import { systemPorts } from "../replicator/ports.ts";
import type { Command } from "./command.ts";
import { readFlags, type FlagValues } from "./read-flags.ts";

const ENDS: Readonly<Record<WindowEnd, string>> = {
  unused: "nobody has opened the link in time",
  idle: "the window is not open any more",
  closed: "the window is closed",
};

export const open: Command = {
  usage: "open --data DIR [--print] [--window FOLDER] [--json]",
  summary:
    "opens the window in this person's browser, and serves it there until it is closed; DIR is the data folder or the staff's door. --print shows the one-time link instead of starting a browser; --window serves another build of the window",
  run: async (args) => {
    const flags = readFlags(args, { print: { type: "boolean" }, window: { type: "string" } });
    if (readDoorSecret(flags.data) === undefined) throw new TillsyncError("data.not-found", flags.data);
    const window = await serveBrowserWindow({
      files: loadWindowFiles(resolve(flags.text("window") ?? findWindowFolder())),
      ask: (method, request, signal) => askAgent(flags.data, method, request, { signal }),
      ports: systemPorts(),
      randomBytes,
      onError: (error) => console.error(error),
    });
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => void window.close());
    try {
      const end = await show(window, flags);
      if (end === "unused") throw new TillsyncError("window.link-spent");
      if (!flags.json) console.log(ENDS[end]);
      return 0;
    } finally {
      await window.close();
    }
  },
};

/** Gives the link to the person or to a browser, and waits until the window has ended. */
async function show(window: BrowserWindow, flags: FlagValues): Promise<WindowEnd> {
  if (flags.json || flags.has("print")) {
    console.log(flags.json ? JSON.stringify({ link: window.link }) : `${window.link}\n\nIt works once, within a minute, on this machine.`);
    return window.ended;
  }
  const browser = await startBrowser(window.link);
  try {
    await Promise.race([window.opened, window.ended]);
  } finally {
    browser.remove();
  }
  return window.ended;
}
