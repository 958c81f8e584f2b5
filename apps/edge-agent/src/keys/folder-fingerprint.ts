import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, realpathSync, statSync } from "node:fs";

/**
 * What ties a data folder to its place: hash of the machine's id, the real path and the inode of the database file. When
 * it differs from the one that was kept, the folder was copied, moved or restored, and the journal goes on in a new epoch.
 * A whole disk cloned with its machine id looks the same; that one the cloud finds (fork). The device number is left out:
 * it may change with every start of a healthy machine.
 */
export function folderFingerprint(databaseFile: string, machine: string = machineId()): string {
  const place = { machine, path: realpathSync(databaseFile), inode: statSync(databaseFile, { bigint: true }).ino.toString() };
  return createHash("sha256")
    .update(`tillsync-folder/1\n${JSON.stringify(place)}`)
    .digest("base64url");
}

/** Id of the installed system, or empty where it has none (some containers): path and inode must then do. */
function machineId(platform: NodeJS.Platform = process.platform): string {
  try {
    if (platform === "win32") return lastWord("reg", ["query", String.raw`HKLM\SOFTWARE\Microsoft\Cryptography`, "/v", "MachineGuid"]);
    if (platform === "darwin") return lastWord("/usr/sbin/ioreg", ["-rd1", "-c", "IOPlatformExpertDevice", "-k", "IOPlatformUUID"]);
    return readFileSync("/etc/machine-id", "utf8").trim();
  } catch {
    return "";
  }
}

function lastWord(command: string, args: string[]): string {
  const text = execFileSync(command, args, { encoding: "utf8", timeout: 5_000, stdio: ["ignore", "pipe", "ignore"] });
  return /[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}/.exec(text)?.[0] ?? "";
}
