import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { controlAddress } from "./address.ts";
import { askAgent } from "./ask-agent.ts";
import { openDoors } from "./open-doors.ts";
import { serveControl, type ControlServer } from "./serve-control.ts";
import { addressOf, makeDoorFolder, testHandlers } from "./testing/door-tools.ts";

let folder: ReturnType<typeof makeDoorFolder>;
let dir: string;
let staff: string;
let closing: (() => Promise<unknown>)[];

beforeEach(() => {
  folder = makeDoorFolder();
  [dir, staff] = [join(folder.dir, "data"), join(folder.dir, "staff")];
  mkdirSync(dir, { mode: 0o700 });
  mkdirSync(staff, { mode: 0o750 });
  closing = [];
});
afterEach(async () => {
  for (const close of closing) await close();
  folder.remove();
});

const serve = async (at: string, kind: "owner" | "staff" = "owner"): Promise<ControlServer> => {
  const server = await serveControl(at, { kind, handlers: testHandlers(), onError: () => {} });
  closing.push(server.close);
  return server;
};
const listenAs = async (path: string): Promise<Server> => {
  const server = createServer((socket) => void socket.end("mine\n"));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  return server;
};
const mode = (path: string): string => (lstatSync(path).mode & 0o777).toString(8);
const isWindows = process.platform === "win32";

describe("the two doors of an agent", () => {
  const logged: { code?: unknown; text: string }[] = [];
  const timers: (() => void)[] = [];
  const log = {
    info: () => {},
    warn: () => {},
    error: (fields: object, text: string) => void logged.push({ ...fields, text }),
    debug: () => {},
  };
  const open = async (): Promise<void> => {
    logged.length = timers.length = 0;
    const ports = {
      setTimer: (_ms: number, work: () => void) => {
        timers.push(work);
        return { cancel: () => {} };
      },
    };
    const doors = await openDoors(dir, { staffDoor: staff, handlers: testHandlers(), ports, log });
    closing.push(doors.close);
  };

  it("the owner's takes all, the staff's what a window may ask; each has a secret of its own", async () => {
    await open();
    expect(await askAgent(dir, "status", {})).toEqual({ running: true });
    expect(await askAgent(staff, "set-aside-list", { all: false })).toEqual([]);
    for (const [method, request] of [
      ["status", {}],
      ["stop", {}],
      ["capture", { adapter: "poslog", paths: ["/etc/shadow"] }],
      ["set-aside-retry", { ids: [], config: {} }],
      ["redemptions-list", {}],
    ] as const)
      await expect(askAgent(staff, method, request as never)).rejects.toMatchObject({ code: "door.forbidden", detail: method });
    expect(readFileSync(join(dir, "control.secret"), "utf8")).not.toBe(readFileSync(join(staff, "control.secret"), "utf8"));
  });

  it.skipIf(isWindows)("have rights that say who may come in", async () => {
    await open();
    expect([mode(join(dir, "control.sock")), mode(join(dir, "control.secret"))]).toEqual(["600", "600"]);
    expect([mode(join(staff, "control.sock")), mode(join(staff, "control.secret"))]).toEqual(["660", "640"]);
    for (const file of ["control.sock", "control.secret"]) expect(statSync(join(staff, file)).gid).toBe(statSync(staff).gid);
  });

  it.skipIf(isWindows)("a folder that others may write to gets no door until it is put right; the owner's is open meanwhile", async () => {
    chmodSync(staff, 0o770);
    await open();
    expect(logged).toMatchObject([{ code: "door.folder-unsafe" }]);
    expect(await askAgent(staff, "set-aside-list", { all: false })).toBeUndefined();
    expect(await askAgent(dir, "status", {})).toEqual({ running: true });
    chmodSync(staff, 0o750);
    timers[0]?.();
    await expect.poll(() => askAgent(staff, "set-aside-list", { all: false }), { timeout: 10_000 }).toEqual([]);
  });

  it("a folder that is not there is told; the owner's door is open meanwhile", async () => {
    rmSync(staff, { recursive: true });
    await open();
    expect(logged).toMatchObject([{ code: "door.folder-unsafe" }]);
    expect(await askAgent(dir, "status", {})).toEqual({ running: true });
  });

  it("a second agent does not take the staff's door from the first", async () => {
    await serve(staff, "staff");
    await open();
    expect(logged).toMatchObject([{ code: "door.taken" }]);
    expect(await askAgent(staff, "set-aside-list", { all: false })).toEqual([]);
  });
});

describe.skipIf(isWindows)("in the place of a door", () => {
  it("a stranger who listens before the agent starts is replaced: who connects by the path reaches the agent", async () => {
    await listenAs(join(dir, "control.sock"));
    await serve(dir);
    expect(await askAgent(dir, "status", {})).toEqual({ running: true });
  });

  it.each(["owner", "staff"] as const)("the socket of an agent that died is replaced at the door of the %s", async (kind) => {
    const died = await listenAs(join(dir, "before"));
    renameSync(join(dir, "before"), join(dir, "control.sock"));
    await new Promise((resolve) => died.close(resolve));
    expect(lstatSync(join(dir, "control.sock")).isSocket()).toBe(true);
    await serve(dir, kind);
    expect(await askAgent(dir, "set-aside-list", { all: false })).toEqual([]);
  });

  it("a link is replaced, and what it points at is left alone", async () => {
    const target = join(folder.dir, "precious");
    writeFileSync(target, "precious");
    symlinkSync(target, join(dir, "control.sock"));
    symlinkSync(target, join(dir, "control.secret"));
    await serve(dir);
    expect(await askAgent(dir, "status", {})).toEqual({ running: true });
    expect(readFileSync(target, "utf8")).toBe("precious");
    expect(lstatSync(join(dir, "control.secret")).isSymbolicLink()).toBe(false);
  });

  it.each(["control.sock", "control.secret"])("a folder or a file called %s is not deleted: the agent refuses", async (name) => {
    mkdirSync(join(dir, name));
    await expect(serve(dir)).rejects.toMatchObject({ code: "door.taken" });
    if (name === "control.secret") return;
    rmSync(join(dir, name), { recursive: true });
    writeFileSync(join(dir, name), "notes");
    await expect(serve(dir)).rejects.toMatchObject({ code: "door.taken" });
    expect(readFileSync(join(dir, name), "utf8")).toBe("notes");
  });

  it("a secret that others could read, or that is none, is not used again", async () => {
    for (const [text, rights] of [
      [`${"x".repeat(43)}\n`, 0o644],
      [`${"x".repeat(43)}\n`, 0o640],
      ["short\n", 0o600],
      ["", 0o600],
    ] as const) {
      writeFileSync(join(dir, "control.secret"), text);
      chmodSync(join(dir, "control.secret"), rights);
      await (await serve(dir)).close();
      expect(readFileSync(join(dir, "control.secret"), "utf8")).toMatch(/^[\w-]{43}\n$/);
      expect(readFileSync(join(dir, "control.secret"), "utf8")).not.toBe(text);
      expect(mode(join(dir, "control.secret"))).toBe("600");
    }
  });

  it("a client uses no secret that all may read, that others may change, or that is a link", async () => {
    await serve(dir);
    for (const rights of [0o604, 0o620, 0o666]) {
      chmodSync(join(dir, "control.secret"), rights);
      await expect(askAgent(dir, "status", {})).rejects.toMatchObject({ code: "keys.permissions" });
    }
    chmodSync(join(dir, "control.secret"), 0o600);
    const elsewhere = join(folder.dir, "elsewhere");
    mkdirSync(elsewhere);
    symlinkSync(join(dir, "control.secret"), join(elsewhere, "control.secret"));
    await expect(askAgent(elsewhere, "status", {})).rejects.toMatchObject({ code: "door.taken" });
  });
});

describe("where names are open to all", () => {
  it("an address follows from the secret: pipes, and folders whose path is too long for a socket", () => {
    const long = `/var/lib/${"x".repeat(90)}`;
    expect(controlAddress("/var/lib/tillsync", "a", "linux")).toBe("/var/lib/tillsync/control.sock");
    expect(controlAddress(long, "a", "linux", "/tmp")).toMatch(/^\/tmp\/tillsync-[0-9a-f]{32}\.sock$/);
    expect(controlAddress("C:\\ProgramData\\Tillsync", "a", "win32")).toMatch(/^\\\\\.\\pipe\\tillsync-[0-9a-f]{32}$/);
    for (const [at, platform] of [
      [long, "linux"],
      ["C:\\x", "win32"],
    ] as const)
      expect(controlAddress(at, "a", platform)).not.toBe(controlAddress(at, "b", platform));
    for (const length of [87, 88]) {
      const path = `/${"x".repeat(length - 1)}`;
      expect(controlAddress(path, "a", "linux").startsWith(path)).toBe(length === 87);
    }
  });

  it.skipIf(isWindows)("a name that is taken is left to its holder, and the agent takes another", async () => {
    const long = join(mkdtempSync(join(folder.dir, "long-")), "x".repeat(90));
    mkdirSync(long, { mode: 0o700 });
    await (await serve(long)).close();
    const taken = addressOf(long);
    // A folder cannot be replaced, as another user's socket cannot in a folder where each may remove his own alone.
    mkdirSync(taken);
    closing.push(async () => rmSync(taken, { recursive: true }));
    await serve(long);
    expect(addressOf(long)).not.toBe(taken);
    expect(await askAgent(long, "status", {})).toEqual({ running: true });
  });
});
