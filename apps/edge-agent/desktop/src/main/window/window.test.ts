import { expect, it } from "vitest";
import { comeBack, STOOD_MS } from "./come-back.ts";
import { endStuck, STUCK_MS } from "./end-stuck.ts";
import { fitDisplays } from "./fit-displays.ts";
import { windowMenu } from "./window-menu.ts";

const window = { x: 100, y: 100, width: 1_024, height: 720 };
const first = { x: 0, y: 0, width: 1_280, height: 1_024 };

it("leaves a window where a person can see and grasp it, and else takes it to the middle of a display", () => {
  expect(fitDisplays(window, [first])).toBe(window);
  expect(fitDisplays(window, [])).toBe(window);
  const beside = { ...window, x: 1_300 };
  expect(fitDisplays(beside, [first])).toEqual({ x: 128, y: 152, width: 1_024, height: 720 });
  expect(fitDisplays(beside, [first, { ...first, x: 1_280 }])).toBe(beside);
  expect(fitDisplays({ ...window, x: 1_280 - 80 }, [first])).toMatchObject({ x: 1_200 });
  expect(fitDisplays({ ...window, x: 1_280 - 79 }, [first])).toMatchObject({ x: 128 });
  expect(fitDisplays({ ...window, y: -1 }, [first])).toMatchObject({ y: 152 });
  expect(fitDisplays(beside, [{ x: 0, y: 0, width: 640, height: 480 }])).toEqual({ x: 0, y: 0, width: 640, height: 480 });
});

function makeFalls(random = 1) {
  const waits: number[] = [];
  let now = 0;
  let due: (() => void) | undefined;
  let loads = 0;
  const back = comeBack({
    steadyMs: () => now,
    random: () => random,
    after: (ms, then) => {
      waits.push(ms);
      due = then;
      return () => void (due = undefined);
    },
    load: () => void (loads += 1),
  });
  return { back, waits, loads: () => loads, run: () => due?.(), pass: (ms: number) => void (now += ms) };
}

it("comes back after a second, then twice as long each time, a minute at most, and from the start once it has stood", () => {
  const { back, waits, run, pass } = makeFalls();
  for (let fall = 0; fall < 9; fall += 1) {
    back.fallen();
    run();
  }
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  pass(STOOD_MS - 1);
  back.fallen();
  run();
  expect(waits.at(-1)).toBe(60_000);
  pass(STOOD_MS);
  back.fallen();
  expect(waits.at(-1)).toBe(1_000);
});

it("takes falls while one return is due for one, spreads returns, and can be called off", () => {
  const { back, waits, loads, run } = makeFalls(0);
  back.fallen();
  back.fallen();
  expect(waits).toEqual([750]);
  back.stop();
  run();
  expect(loads()).toBe(0);
  back.fallen();
  run();
  expect(loads()).toBe(1);
});

it("ends a page that stands still, once, and none that moves again", () => {
  const due = new Set<() => void>();
  let ended = 0;
  const standing = endStuck({
    after: (ms, run) => {
      expect(ms).toBe(STUCK_MS);
      due.add(run);
      return () => void due.delete(run);
    },
    end: () => void (ended += 1),
  });
  standing.stuck();
  standing.moved();
  expect(due.size).toBe(0);
  standing.stuck();
  standing.stuck();
  for (const run of due) run();
  expect(ended).toBe(1);
});

it("offers keys for text size and no developer tools", () => {
  for (const platform of ["linux", "darwin", "win32"] as const) {
    const text = JSON.stringify(windowMenu(platform));
    expect(text).toContain("zoomIn");
    expect(text).not.toMatch(/toggleDevTools|reload|viewMenu/i);
  }
});
