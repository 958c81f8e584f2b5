import { contextBridge, ipcRenderer } from "electron";
import { ASK_CHANNEL } from "../bridge-channel.ts";

/** All that the page is given. Nothing of Electron, no event, no sender: what may be asked is judged on the other side. */
contextBridge.exposeInMainWorld("tillsync", {
  ask: (method: unknown, request: unknown): Promise<unknown> => ipcRenderer.invoke(ASK_CHANNEL, method, request),
});
