import type { Session } from "electron";
import { limitPermissions } from "./permissions.ts";
import { serveWindow } from "./serve-window.ts";
import { isOwnBlob, isOwnResource, WINDOW_SCHEME } from "./window-origin.ts";

/** What the window's session may reach: its own files and nothing of the network. A file is saved only if the page made it. */
export function limitSession(session: Session, windowFiles: string): void {
  limitPermissions(session);
  session.protocol.handle(WINDOW_SCHEME.scheme, serveWindow(windowFiles));
  session.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !isOwnResource(url) }));
  session.on("will-download", (event, item) => {
    if (!isOwnBlob(item.getURL())) event.preventDefault();
  });
}
