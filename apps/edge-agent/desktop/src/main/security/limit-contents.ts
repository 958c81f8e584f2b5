import type { WebContents } from "electron";
import { isWindowUrl } from "./window-origin.ts";

/** No page leaves the window's origin, opens another window, or holds another page. */
export function limitContents(contents: WebContents): void {
  contents.on("will-navigate", (event) => {
    if (!isWindowUrl(event.url)) event.preventDefault();
  });
  contents.on("will-frame-navigate", (event) => {
    if (!isWindowUrl(event.url) || !event.isMainFrame) event.preventDefault();
  });
  contents.on("will-redirect", (event) => event.preventDefault());
  contents.on("will-attach-webview", (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: "deny" }));
}
