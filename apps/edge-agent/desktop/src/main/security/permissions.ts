import type { Session } from "electron";
import { isWindowUrl } from "./window-origin.ts";

/** The page writes a support code to the clipboard. It reads nothing from it, and asks for nothing else. */
const PERMITTED = new Set(["clipboard-sanitized-write"]);

/** What a page may be permitted: one thing, to the window's own origin. */
export const mayHave = (permission: string, requestingUrl: string): boolean => PERMITTED.has(permission) && isWindowUrl(requestingUrl);

/** Electron grants every permission unless it is told otherwise: asked for, looked up, device by device, and the screen's picture. */
export function limitPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl }) => answer(mayHave(permission, requestingUrl)));
  session.setPermissionCheckHandler((_contents, permission, requestingOrigin) => mayHave(permission, requestingOrigin));
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, answer) => answer({}));
}
