import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";
import { CHROMIUM } from "../open-browser.ts";
import { CHROMIUM_ARGS } from "./browser.ts";
import { buildDesktop } from "./build-desktop.ts";
import { startDesktop, type Desktop, type StartOptions } from "./start-desktop.ts";

/** What the tests of one file share: one build, one Chromium, and a session bus that says whether there is a panel. */
export interface DesktopWorld {
  readonly folder: string;
  /** A display of one person: a folder of settings each, unless one is named. */
  readonly start: (options: Partial<StartOptions> & Pick<StartOptions, "door">) => Desktop;
  readonly setPanel: (isThere: boolean) => void;
  readonly close: () => Promise<void>;
}

export async function makeDesktopWorld(): Promise<DesktopWorld> {
  const folder = mkdtempSync(join(tmpdir(), "tsw-"));
  const [main, browser] = await Promise.all([
    buildDesktop(folder),
    chromium.launchServer({ executablePath: CHROMIUM, args: CHROMIUM_ARGS }),
  ]);
  const bin = join(folder, "bin");
  mkdirSync(bin);
  const setPanel = (isThere: boolean): void =>
    writeFileSync(join(bin, "busctl"), `#!/bin/sh\nprintf 'b ${String(isThere)}\\n'\n`, { mode: 0o755 });
  setPanel(true);
  const started: Desktop[] = [];
  return {
    folder,
    setPanel,
    start: ({ env, ...options }) => {
      const userData = join(folder, `user-${started.length}`);
      const path = `${bin}${delimiter}${process.env["PATH"] ?? ""}`;
      const desktop = startDesktop({ main, browser: browser.wsEndpoint(), userData, ...options, env: { PATH: path, ...env } });
      started.push(desktop);
      return desktop;
    },
    close: async () => {
      await Promise.all(started.map((desktop) => desktop.stop()));
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
