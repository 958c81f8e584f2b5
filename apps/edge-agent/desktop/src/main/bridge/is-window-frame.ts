import type { IpcMainInvokeEvent, WebContents } from "electron";
import { isWindowUrl } from "../security/window-origin.ts";

type Caller = Pick<IpcMainInvokeEvent, "sender" | "senderFrame">;

/** Whether a message comes from the top frame of the window itself, and that frame still shows a page of ours. */
export function isWindowFrame({ sender, senderFrame }: Caller, window: WebContents | undefined): boolean {
  if (window === undefined || sender !== window || senderFrame === null) return false;
  return senderFrame.parent === null && isWindowUrl(senderFrame.url);
}
