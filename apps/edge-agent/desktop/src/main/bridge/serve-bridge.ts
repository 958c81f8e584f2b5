import { ipcMain, type WebContents } from "electron";
import type { BridgeAnswer } from "@tillsync/edge-agent/window-api";
import { ASK_CHANNEL } from "../../bridge-channel.ts";
import { answerPage, type Bridge } from "./answer-page.ts";
import { isWindowFrame } from "./is-window-frame.ts";

/** Lends the agent to the window's page, and to no one else. */
export function serveBridge(bridge: Bridge, window: () => WebContents | undefined): void {
  const answer = answerPage(bridge);
  ipcMain.handle(ASK_CHANNEL, async (event, method: unknown, request: unknown): Promise<BridgeAnswer> =>
    isWindowFrame(event, window()) ? answer(method, request) : { error: { code: "door.forbidden" } },
  );
}
