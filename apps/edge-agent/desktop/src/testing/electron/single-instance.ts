import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createConnection, createServer, type Server } from "node:net";
import { join } from "node:path";

let server: Server | undefined;
let telling: Promise<void> | undefined;

/** One process per folder, as a real lock across processes: a second one tells the first, and ends. */
export function takeInstanceLock(folder: string, onSecond: (argv: string[]) => void): boolean {
  mkdirSync(folder, { recursive: true });
  const [lock, socket] = [join(folder, "instance.lock"), join(folder, "instance.sock")];
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx" });
  } catch {
    if (isAlive(Number(readFileSync(lock, "utf8")))) {
      telling = tell(socket);
      return false;
    }
    writeFileSync(lock, String(process.pid));
    rmSync(socket, { force: true });
  }
  server = createServer((client) => {
    client.on("error", () => undefined);
    client.once("data", (text) => onSecond(JSON.parse(text.toString("utf8")) as string[]));
  });
  server.listen(socket);
  process.once("exit", () => {
    rmSync(lock, { force: true });
    rmSync(socket, { force: true });
  });
  return true;
}

/** What a process that ends has still to say. */
export const instanceTold = async (): Promise<void> => telling;

export const closeInstanceLock = (): void => void server?.close();

function tell(socket: string): Promise<void> {
  return new Promise((resolve) => {
    const client = createConnection(socket, () => client.end(JSON.stringify(process.argv)));
    client.on("error", () => resolve()).on("close", () => resolve());
  });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
