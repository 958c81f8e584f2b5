import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { LOG_FILES_MAX, logFile } from "../../log/rolling-file.ts";

/** The last lines of a log, whole, the newest file's last: `bytesMax` at most. Files that cannot be read are left out. */
export function readLogTail(folder: string, bytesMax: number): string {
  let left = bytesMax;
  const parts: string[] = [];
  for (let n = 0; n < LOG_FILES_MAX && left > 0; n += 1) {
    const part = readEnd(logFile(folder, n), left);
    if (part === undefined) break;
    parts.unshift(part);
    left -= Buffer.byteLength(part);
  }
  return parts.join("");
}

function readEnd(path: string, bytesMax: number): string | undefined {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch {
    return undefined;
  }
  try {
    const { size } = fstatSync(fd);
    const buffer = Buffer.alloc(Math.min(size, bytesMax));
    const read = readSync(fd, buffer, 0, buffer.length, size - buffer.length);
    const text = buffer.subarray(0, read);
    // Cut in the middle of a line: what is left of it could hide half of a secret.
    return (size > buffer.length ? text.subarray(text.indexOf(0x0a) + 1) : text).toString("utf8");
  } finally {
    closeSync(fd);
  }
}
