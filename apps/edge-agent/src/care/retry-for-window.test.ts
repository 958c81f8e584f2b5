import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { captureFile } from "../capture/capture-file.ts";
import { listSetAside, showSetAside } from "../capture/list-set-aside.ts";
import type { RetryDeps } from "../capture/retry-set-aside.ts";
import { HEADING, lineReader, saleLine } from "../capture/testing/line-reader.ts";
import { readCaptured } from "../health/captured.ts";
import { saveVerdicts } from "../journal/acknowledge.ts";
import { openTestFolder, type TestFolder } from "../store/testing/open-test-folder.ts";
import { handToIt } from "../support/hand-to-it.ts";
import { retryAnswerSchema, setAsideFullSchema } from "../window-api/set-aside.ts";
import { retryForWindow } from "./retry-for-window.ts";

let folder: TestFolder;
beforeEach(async () => {
  folder = openTestFolder();
  const path = join(folder.dir, "a.log");
  writeFileSync(path, [HEADING, saleLine(1), "SELL 2 700\n", "SELL 3 800\n"].join(""));
  await captureFile(folder, path, lineReader(), 1_000_000);
});
afterEach(() => folder.remove());

/** The source's configuration of now. */
const deps = (config: object): RetryDeps => ({
  ...folder,
  openReader: (_adapter, given) => Promise.resolve(lineReader(given as object)),
  configOf: () => config,
});
const corrected = { accept: "SELL" };
const cloudSays = (code: string): void =>
  saveVerdicts(folder.store, [{ n: 9, epoch: 1, seq: 1, kind: "set-aside", code, detail: "store 17" } as never]);

describe("another try from the window", () => {
  it("takes the configuration in force, and each item once", async () => {
    expect(await retryForWindow(deps({}), [1, 2])).toMatchObject({
      ok: false,
      items: [
        { id: 1, state: "open" },
        { id: 2, state: "open" },
      ],
    });
    const answer = retryAnswerSchema.parse(await retryForWindow(deps(corrected), [2, 2]));
    expect(answer).toEqual({ ok: true, items: [{ id: 2, state: "resolved", transactions: 1, code: null, detail: null }] });
    expect(readCaptured(folder.store).transactions).toBe(2);
    expect(await retryForWindow(deps(corrected), [2])).toMatchObject({ ok: true });
    expect(readCaptured(folder.store)).toMatchObject({ transactions: 2, revisions: 0 });
  });

  it("leaves what the cloud has set aside to the cloud, and says with which code it waits there", async () => {
    cloudSays("entry.not-allowed");
    const answer = retryAnswerSchema.parse(await retryForWindow(deps(corrected), [-9, 1]));
    expect(answer).toMatchObject({
      ok: false,
      items: [
        { id: -9, state: "open", code: "entry.not-allowed" },
        { id: 1, state: "resolved" },
      ],
    });
  });

  it("names an item that is not there", async () => {
    await expect(retryForWindow(deps(corrected), [77])).rejects.toMatchObject({ code: "usage.invalid" });
    await expect(retryForWindow(deps(corrected), [-77])).rejects.toMatchObject({ code: "usage.invalid" });
  });

  it("works for what was handed to IT too", async () => {
    await handToIt(folder, [1], "help");
    await retryForWindow(deps(corrected), [1]);
    expect(listSetAside(folder.store, false).map(({ id }) => id)).toEqual([2]);
  });
});

describe("what the cloud has set aside", () => {
  it("is shown with the journal's line of the entry, while the journal has it", () => {
    cloudSays("entry.invalid");
    const shown = setAsideFullSchema.parse(showSetAside(folder.store, -9));
    expect(shown).toMatchObject({
      id: -9,
      origin: "cloud",
      code: "entry.invalid",
      detail: "store 17",
      entry: { epoch: 1, seq: 1 },
      cut: false,
    });
    expect(JSON.parse(shown.text ?? "")).toMatchObject({ seq: 1, type: "transaction" });
    expect(shown.bytes).toBe(Buffer.byteLength(shown.text ?? ""));
    folder.store.db.exec("DELETE FROM entry");
    expect(setAsideFullSchema.parse(showSetAside(folder.store, -9))).toMatchObject({ text: null, base64: null, bytes: 0 });
  });
});
