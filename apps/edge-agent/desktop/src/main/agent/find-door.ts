import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

/** What whoever sets up this machine may say: the folder of the agent's door, where it is not at its usual place. */
const settingsSchema = z.object({ door: z.string().min(1).max(4_096) });

/** How this machine is asked: its kind, its variables and the text of a file (undefined: there is none). */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readText: (path: string) => string | undefined;
}

export const thisMachine: Machine = { platform: process.platform, env: process.env, readText };

/**
 * The folder where the agent's door for staff is: `TILLSYNC_DOOR`, else what this machine's settings name, else the usual
 * place. A settings file that does not fit counts as none: the tray then says that no agent answers.
 */
export function findDoor({ platform, env, readText }: Machine): string {
  const named = env["TILLSYNC_DOOR"];
  if (named !== undefined && named !== "") return named;
  const { settings, usual } = places(platform, env["ProgramData"] ?? "C:\\ProgramData");
  return readDoor(readText(settings)) ?? usual;
}

function places(platform: NodeJS.Platform, programData: string): { settings: string; usual: string } {
  if (platform === "win32") return { settings: `${programData}\\Tillsync\\desktop.json`, usual: `${programData}\\Tillsync\\door` };
  if (platform === "darwin") return { settings: "/Library/Application Support/Tillsync/desktop.json", usual: "/var/run/tillsync" };
  return { settings: join("/etc", "tillsync", "desktop.json"), usual: "/run/tillsync" };
}

function readDoor(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return settingsSchema.parse(JSON.parse(text)).door;
  } catch {
    return undefined;
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
