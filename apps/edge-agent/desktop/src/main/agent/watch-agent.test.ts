import { SNAPSHOT_FRESH_MS } from "@tillsync/edge-agent/window-api";
import { expect, it } from "vitest";
import { snapshotNow } from "../../testing/electron/shop-snapshot.ts";
import { ASKING_MAX_MS, judgeHeard } from "./judge-heard.ts";
import { ASK_EVERY_MS, watchAgent, type Heard, type Watch } from "./watch-agent.ts";

const START_MS = Date.UTC(2026, 10, 22, 12, 0);

/** An agent, a clock and a watch on both; questions are answered by hand. */
function makeBench() {
  const heard: Heard[] = [];
  const questions: { answer: (alive: boolean) => Promise<void> }[] = [];
  let timers: { atMs: number; run: () => void }[] = [];
  let nowMs = 0;
  const settle = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
  const watch: Watch = watchAgent({
    ask: () =>
      new Promise((resolve, reject) => {
        const answer = async (alive: boolean): Promise<void> => {
          if (alive) resolve(snapshotNow({}, START_MS + nowMs));
          else reject(new Error("no agent"));
          await settle();
        };
        questions.push({ answer });
      }),
    steadyMs: () => nowMs,
    after: (ms, run) => {
      const timer = { atMs: nowMs + ms, run };
      timers.push(timer);
      return () => void (timers = timers.filter((one) => one !== timer));
    },
    onHeard: (news) => void heard.push(news),
  });
  const pass = async (ms: number): Promise<void> => {
    const end = nowMs + ms;
    for (;;) {
      const due = timers.toSorted((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined || due.atMs > end) break;
      timers = timers.filter((one) => one !== due);
      nowMs = due.atMs;
      due.run();
      await settle();
    }
    nowMs = end;
  };
  const shown = (): string => judgeHeard(heard.at(-1)!, { nowMs: START_MS + nowMs, steadyMs: nowMs }).kind;
  const last = (): { answer: (alive: boolean) => Promise<void> } => questions.at(-1)!;
  return { watch, heard, questions, pass, shown, last, timers: () => timers.length };
}

it("asks at once, then two seconds after each answer, and never twice at once", async () => {
  const { questions, pass, shown, last } = makeBench();
  expect([questions.length, shown()]).toEqual([1, "asking"]);
  await pass(10 * ASK_EVERY_MS);
  expect(questions).toHaveLength(1);
  await last().answer(true);
  expect(shown()).toBe("safe");
  await pass(ASK_EVERY_MS - 1);
  expect(questions).toHaveLength(1);
  await pass(1);
  expect(questions).toHaveLength(2);
});

it("an agent that hangs leaves nothing green past the time for which an answer is fresh", async () => {
  const { pass, shown, last } = makeBench();
  await last().answer(true);
  await pass(SNAPSHOT_FRESH_MS - 1);
  expect(shown()).toBe("safe");
  await pass(ASK_EVERY_MS);
  expect(shown()).toBe("attention");
});

it("one silence takes the green away, the second is told", async () => {
  const { pass, shown, last } = makeBench();
  await last().answer(true);
  await pass(ASK_EVERY_MS);
  await last().answer(false);
  expect(shown()).toBe("asking");
  await pass(ASK_EVERY_MS);
  await last().answer(false);
  expect(shown()).toBe("attention");
  await pass(ASK_EVERY_MS);
  await last().answer(true);
  expect(shown()).toBe("safe");
});

it("starts over: what was heard is gone, an answer to an older question is dropped, and one round goes on", async () => {
  const { watch, questions, pass, shown, last, timers } = makeBench();
  await last().answer(true);
  await pass(ASK_EVERY_MS);
  const old = last();
  watch.startOver();
  expect([questions.length, shown()]).toEqual([3, "asking"]);
  await old.answer(true);
  expect(shown()).toBe("asking");
  await last().answer(true);
  expect(shown()).toBe("safe");
  await pass(ASK_EVERY_MS);
  expect(questions).toHaveLength(4);
  watch.stop();
  expect(timers()).toBe(0);
  await last().answer(true);
  expect(timers()).toBe(0);
});

it("asking ends: who does not answer a first question is not asked for ever", async () => {
  const { pass, shown } = makeBench();
  await pass(ASKING_MAX_MS);
  expect(shown()).toBe("asking");
  await pass(1);
  expect(shown()).toBe("attention");
});

it("believes no answer that either clock finds old: the wall clock set back, or the steady one asleep", () => {
  const heard: Heard = { kind: "answered", snapshot: snapshotNow({}, START_MS), atMs: 0 };
  const late = SNAPSHOT_FRESH_MS + 1;
  expect(judgeHeard(heard, { nowMs: START_MS, steadyMs: 0 }).kind).toBe("safe");
  expect(judgeHeard(heard, { nowMs: START_MS + 1, steadyMs: late }).kind).toBe("attention");
  expect(judgeHeard(heard, { nowMs: START_MS + late, steadyMs: 1 }).kind).toBe("attention");
  expect(judgeHeard(heard, { nowMs: START_MS - late, steadyMs: 1 }).kind).toBe("attention");
});
