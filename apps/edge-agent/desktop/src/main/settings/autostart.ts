import { app } from "electron";
import { fileAutostart, HIDDEN_FLAG, type Autostart } from "./autostart-file.ts";

/** Whether the display starts when the person signs in: a file of the desktop's on Linux, the system's own list elsewhere. */
export const autostart = (): Autostart => (process.platform === "linux" ? fileAutostart(process.env) : listAutostart());

function listAutostart(): Autostart {
  const args = [HIDDEN_FLAG];
  return {
    isOn: () => app.getLoginItemSettings({ args }).openAtLogin,
    set: (openAtLogin) => app.setLoginItemSettings({ openAtLogin, args }),
  };
}
