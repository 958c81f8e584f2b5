import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { serveControl, type ControlServer } from "./serve-control.ts";
import { addressOf, makeDoorFolder, testHandlers } from "./testing/door-tools.ts";

/** Users and groups that no system gives out; they need no names. */
const [STRANGER, STAFF_GROUP, OTHER_GROUP] = [61_234, 61_235, 61_236];
const isRoot = process.platform === "linux" && process.getuid?.() === 0;

const ASK = `
const { askAgent } = await import(process.argv[1]);
const said = await askAgent(process.argv[2], process.argv[3], JSON.parse(process.argv[4])).catch((error) => error.code ?? String(error));
console.log(JSON.stringify(said ?? "nobody"));`;
/** Connects to the path itself and says what a client would, with the secret that it is given. */
const DIAL = `
const { createConnection } = await import("node:net");
const { seal, sessionKey } = await import(process.argv[1]);
const [path, secret, own] = [process.argv[2], process.argv[3], "n".repeat(22)];
let text = "", asked = false;
const socket = createConnection(path);
socket.on("error", (error) => { console.log(error.code); process.exit(); });
socket.on("data", (chunk) => {
  text += chunk;
  if (asked || !text.includes("\\n")) return;
  asked = true;
  const key = sessionKey(secret, JSON.parse(text).nonce, own);
  socket.write(seal(key, "hello", own) + "\\n" + seal(key, "request", '{"method":"status","request":{}}') + "\\n");
});
socket.on("close", () => console.log(/"result":|[a-z]+\\.[a-z-]+/.exec(text.slice(text.indexOf("\\n")))?.[0] ?? "nothing"));`;

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Runs a few lines as another user; what they print. */
async function runAs(gid: number, code: string, ...args: string[]): Promise<string> {
  const node = [process.execPath, "--conditions=tillsync-source", "--input-type=module", "-e", code, ...args];
  const child = spawn("setpriv", [`--reuid=${STRANGER}`, `--regid=${gid}`, "--clear-groups", ...node], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  await once(child, "close");
  return said.trim();
}
const askAs = (gid: number, dir: string, method: string, request: object = {}): Promise<string> =>
  runAs(gid, ASK, here("./index.ts"), dir, method, JSON.stringify(request));
const dialAs = (path: string, secret: string): Promise<string> => runAs(OTHER_GROUP, DIAL, here("./seal.ts"), path, secret);

describe.skipIf(!isRoot)(`another user of the machine${isRoot ? "" : " (skipped: needs root, to become one)"}`, () => {
  let folder: ReturnType<typeof makeDoorFolder>;
  let server: ControlServer;
  beforeEach(() => {
    folder = makeDoorFolder();
  });
  afterEach(async () => {
    await server.close();
    folder.remove();
  });

  it("is kept out of the data folder's door by its rights; with those given away by the secret; with that given away by nothing", async () => {
    const { dir } = folder;
    server = await serveControl(dir, { handlers: testHandlers(), onError: () => {} });
    const [socket, secret] = [addressOf(dir), join(dir, "control.secret")];
    expect(await dialAs(socket, "guessed")).toBe("EACCES");
    chmodSync(dir, 0o755);
    expect(await dialAs(socket, "guessed")).toBe("EACCES");
    expect(await askAs(OTHER_GROUP, dir, "status")).toBe(`"keys.unreadable"`);
    chmodSync(socket, 0o666);
    expect(await dialAs(socket, "guessed")).toBe("auth.invalid");
    // The control: nothing else than the secret was in the way.
    expect(await dialAs(socket, readFileSync(secret, "utf8").trim())).toBe(`"result":`);
  });

  it("comes in at the staff's door as a member of its group, for what a window may ask; others do not", async () => {
    const dir = join(folder.dir, "staff");
    mkdirSync(dir);
    chownSync(dir, 0, STAFF_GROUP);
    chmodSync(dir, 0o750);
    chmodSync(folder.dir, 0o755);
    server = await serveControl(dir, { kind: "staff", handlers: testHandlers(), onError: () => {} });
    expect(await askAs(STAFF_GROUP, dir, "set-aside-list", { all: true })).toBe("[]");
    expect(await askAs(STAFF_GROUP, dir, "stop")).toBe(`"door.forbidden"`);
    expect(await askAs(OTHER_GROUP, dir, "set-aside-list", { all: true })).toBe(`"keys.unreadable"`);
    expect(await dialAs(addressOf(dir), "guessed")).toBe("EACCES");
    chmodSync(dir, 0o755);
    expect(await dialAs(addressOf(dir), "guessed")).toBe("EACCES");
  });

  it("who owns a socket in the place of the door is replaced before anybody can ask him", async () => {
    const { dir } = folder;
    chmodSync(dir, 0o777);
    const squatter = spawn(
      "setpriv",
      [
        `--reuid=${STRANGER}`,
        `--regid=${OTHER_GROUP}`,
        "--clear-groups",
        process.execPath,
        "-e",
        `require("net").createServer((s) => s.end("mine\\n")).listen(process.argv[1], () => console.log("listening"))`,
        join(dir, "control.sock"),
      ],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    await once(squatter.stdout, "data");
    chmodSync(dir, 0o700);
    server = await serveControl(dir, { handlers: testHandlers(), onError: () => {} });
    const { askAgent } = await import("./ask-agent.ts");
    expect(await askAgent(dir, "status", {})).toEqual({ running: true });
    squatter.kill();
    await once(squatter, "close");
  });
});
