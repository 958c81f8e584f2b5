import { connect, createServer, type AddressInfo, type Server } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Timer } from "../replicator/ports.ts";
import { openTestFolder, type TestFolder } from "../store/testing/open-test-folder.ts";
import { serveIntake, type Intake } from "./serve-intake.ts";

let folder: TestFolder;
let taken: Server;
let intake: Intake | undefined;
let timers: { ms: number; work: () => void }[];
const logged: { code?: string; port?: number }[] = [];
const note = (fields: object): void => void logged.push(fields);

beforeEach(async () => {
  folder = openTestFolder();
  [timers, logged.length] = [[], 0];
  taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  await intake?.stop();
  await new Promise((resolve) => taken.close(resolve));
  folder.remove();
});

const serve = (config: Parameters<typeof serveIntake>[1]): Promise<Intake> =>
  serveIntake(
    {
      dir: folder.dir,
      ports: {
        monotonicMs: () => 0,
        setTimer: (ms, work): Timer => {
          const timer = { ms, work };
          timers.push(timer);
          return { cancel: () => void timers.splice(timers.indexOf(timer), 1) };
        },
      },
      log: { info: note, warn: note, error: note },
      routes: () => {},
    },
    config,
  );
const portOf = (server: Server): number => (server.address() as AddressInfo).port;
const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });

test("a port that another program has is told and tried again, until it is free", async () => {
  const port = portOf(taken);
  intake = await serve({ host: "127.0.0.1", port });
  expect(intake.status()).toEqual({ state: "failing", host: "127.0.0.1", port, code: "intake.address", connections: 0 });
  expect(logged).toMatchObject([{ code: "intake.address", port }]);
  await new Promise((resolve) => taken.close(resolve));
  timers[0]?.work();
  await expect.poll(() => intake?.status()?.state).toBe("listening");
  expect(await isOpen(port)).toBe(true);
  await intake.stop();
  expect(await isOpen(port)).toBe(false);
});

test("without configuration there is no listener; one comes, moves and goes with it", async () => {
  intake = await serve(undefined);
  expect(intake.status()).toBeNull();
  await intake.replace({ host: "127.0.0.1", port: 0 });
  const first = intake.status()?.port ?? 0;
  await intake.replace({ host: "127.0.0.1", port: 0 });
  expect([intake.status()?.port, await isOpen(first)]).toEqual([first, true]);
  await intake.replace(undefined);
  expect([intake.status(), await isOpen(first)]).toEqual([null, false]);
});

test("one that stops while it waits for its port stays stopped", async () => {
  intake = await serve({ host: "127.0.0.1", port: portOf(taken) });
  await intake.stop();
  expect([timers, intake.status()]).toEqual([[], null]);
});
