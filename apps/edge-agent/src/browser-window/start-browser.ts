import { spawn } from "node:child_process";
import { TillsyncError } from "@tillsync/sync-protocol";
import { writeHandOverPage } from "./hand-over-page.ts";
import { BROWSER_STARTS_MS } from "./limits.ts";

export interface BrowserCommand {
  readonly program: string;
  readonly args: readonly string[];
}

/** How a system opens something in the browser that the person has chosen. No shell sees it. */
export function browserCommand(target: string, platform: NodeJS.Platform = process.platform): BrowserCommand {
  if (platform === "win32") return { program: "rundll32.exe", args: ["url.dll,FileProtocolHandler", target] };
  return { program: platform === "darwin" ? "/usr/bin/open" : "xdg-open", args: [target] };
}

/**
 * Starts the person's browser on a link. On Windows others do not see a program's arguments and the link goes there; else
 * it goes through a page of the person's own, which `remove` takes away. Throws `window.no-browser`.
 */
export async function startBrowser(
  link: string,
  commandFor: typeof browserCommand = browserCommand,
  platform: NodeJS.Platform = process.platform,
): Promise<{ remove: () => void }> {
  const page = platform === "win32" ? undefined : writeHandOverPage(link);
  const { program, args } = commandFor(page?.path ?? link, platform);
  const remove = (): void => page?.remove();
  try {
    await start(program, args);
    return { remove };
  } catch (cause) {
    remove();
    throw new TillsyncError("window.no-browser", program, { cause });
  }
}

/** Resolves when the program has ended well, or has run for a while; it is left to run. */
function start(program: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: "ignore", detached: true });
    const running = setTimeout(resolve, BROWSER_STARTS_MS);
    child.once("error", (error) => {
      clearTimeout(running);
      reject(error);
    });
    child.once("exit", (code) => {
      clearTimeout(running);
      if (code === 0) resolve();
      else reject(new Error(`ended with ${code}`));
    });
    child.unref();
  });
}
