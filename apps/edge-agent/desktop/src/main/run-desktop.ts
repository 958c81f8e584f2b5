import { join } from "node:path";
import { app, Menu, powerMonitor, screen, session } from "electron";
import { askAgent } from "@tillsync/edge-agent/ask-agent";
import { askSnapshot } from "./agent/ask-snapshot.ts";
import { findDoor, thisMachine } from "./agent/find-door.ts";
import { watchAgent } from "./agent/watch-agent.ts";
import { serveBridge } from "./bridge/serve-bridge.ts";
import { makeDisplay } from "./display.ts";
import { limitSession } from "./security/limit-session.ts";
import { HIDDEN_FLAG } from "./settings/autostart-file.ts";
import { after } from "./window/after.ts";
import { keepWindow } from "./window/keep-window.ts";
import { windowMenu } from "./window/window-menu.ts";

/** Where the build has put what is loaded while running. */
export interface Places {
  readonly preload: string;
  readonly windowFiles: string;
  readonly icons: string;
}

/** Runs tray and window until the person quits them or the session ends. The agent does not notice either way. */
export async function runDesktop({ preload, windowFiles, icons }: Places): Promise<void> {
  const door = findDoor(thisMachine);
  limitSession(session.defaultSession, windowFiles);
  Menu.setApplicationMenu(Menu.buildFromTemplate(windowMenu()));

  const window = keepWindow({ preload, canHide: () => display.hasTray(), onClosed: () => app.quit() });
  const display = makeDisplay({ icons, settingsPath: join(app.getPath("userData"), "settings.json"), window });
  serveBridge({ ask: (method, request) => askAgent(door, method, request as never), onError: tell }, window.contents);

  const watch = watchAgent({ ask: () => askSnapshot(door), steadyMs: () => performance.now(), after, onHeard: display.show });
  for (const event of ["suspend", "resume", "unlock-screen"] as const) powerMonitor.on(event as "resume", watch.startOver);
  for (const event of ["display-added", "display-removed", "display-metrics-changed"] as const)
    screen.on(event as "display-added", window.fit);
  app.on("child-process-gone", (_event, { type, reason }) => {
    if (type === "GPU" && reason !== "clean-exit") window.redraw();
  });
  app.on("second-instance", window.open);
  app.on("activate", window.open);
  app.on("window-all-closed", () => undefined);
  app.on("before-quit", () => {
    window.letGo();
    watch.stop();
    display.stop();
  });

  await display.findTrayHost();
  if (!process.argv.includes(HIDDEN_FLAG) || !display.hasTray()) window.open();
}

/** Nothing in the tray's way: whoever started it from a terminal reads it there. */
const tell = (error: unknown): void =>
  void process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
