import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { epoch } from "@tillsync/sync-protocol";
import { saveEnrolment } from "../enrol/enrolment.ts";
import { startEpoch } from "../journal/start-epoch.ts";
import { settleEpochs } from "./settle-epochs.ts";
import { startUplink, type Uplink } from "./start-uplink.ts";
import { Till } from "./testing/till.ts";

const open: { till: Till; uplink?: Uplink }[] = [];
afterEach(async () => {
  for (const { till, uplink } of open.splice(0)) {
    await uplink?.stop();
    await till.close();
  }
});

function start(): { till: Till; uplink: Uplink } {
  const till = new Till();
  const { store, keys, ports } = till;
  const note = (level: string) => (fields: object, message: string) => void till.logged.push({ level, fields, message });
  const log = { info: note("info"), warn: note("warn"), error: note("error") };
  const one = { till, uplink: startUplink({ store, keys, ports, log, env: {}, transport: till.transport() }) };
  open.push(one);
  return one;
}

describe("an agent that is not enrolled", () => {
  it("says so, keeps its sales, and sends them once it is", async () => {
    const { till, uplink } = start();
    till.sell(5);
    expect(uplink.status()).toMatchObject({ name: "cloud", state: "not-enrolled", pending: 5, ackedSeq: 0, lastError: null });
    expect(uplink.clock()).toEqual({ offsetMs: null, code: null });
    expect(till.cloud.requests).toBe(0);
    till.ports.fireNext();
    expect(uplink.enrolment()).toBeUndefined();
    saveEnrolment(till.dir, till.enrolment());
    await till.until(() => uplink.status().state === "online" && uplink.status().pending === 0);
    expect(uplink.enrolment()?.terminal).toBe("till-1");
    expect(till.cloud.head(epoch(1)).seq).toBe(5);
  });

  it("does not send under an enrolment of other keys", () => {
    const { till, uplink } = start();
    saveEnrolment(till.dir, { ...till.enrolment(), identityThumbprint: "o".repeat(43) });
    till.ports.fireNext();
    expect(uplink.status().state).toBe("not-enrolled");
  });

  it("tells of a damaged enrolment once, and takes the right one when it is there", async () => {
    const { till, uplink } = start();
    writeFileSync(join(till.dir, "enrolment.json"), "{", { mode: 0o600 });
    for (let i = 0; i < 3; i += 1) till.ports.fireNext();
    expect(till.logged.filter(({ level }) => level === "error")).toHaveLength(1);
    saveEnrolment(till.dir, till.enrolment());
    await till.until(() => uplink.status().state === "online");
  });

  it("leaves nothing running when it is stopped", async () => {
    const { till, uplink } = start();
    await uplink.stop();
    expect(till.ports.timerCount).toBe(0);
  });
});

describe("settleEpochs", () => {
  it("carries every epoch below the first allowed one over, and does nothing when called again", () => {
    const till = new Till();
    open.push({ till });
    till.sell(3);
    const { store } = till;
    const previous = { epoch: 1, seq: store.end.seq, hash: Buffer.from(store.end.hash).toString("hex") };
    startEpoch(store, { reason: "copied", previous, afterEpoch: 1, carryOver: false });
    till.sell(2);
    expect(settleEpochs(store, epoch(6))).toEqual([6, 7]);
    expect(settleEpochs(store, epoch(6))).toEqual([]);
    const carried = store
      .prepare<[], { epoch: number; n: number }>("SELECT key / 8589934592 AS epoch, count(*) AS n FROM entry GROUP BY 1 ORDER BY 1")
      .all();
    // Epochs 6 and 7 begin with their epoch-start and hold the three and the two sales again.
    expect(carried).toEqual([
      { epoch: 1, n: 3 },
      { epoch: 2, n: 3 },
      { epoch: 6, n: 4 },
      { epoch: 7, n: 3 },
    ]);
  });

  it("leaves epochs alone that the enrolment allows", () => {
    const till = new Till();
    open.push({ till });
    till.sell(3);
    expect(settleEpochs(till.store, epoch(1))).toEqual([]);
  });
});
