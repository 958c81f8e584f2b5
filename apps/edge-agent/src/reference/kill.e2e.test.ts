import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { ALL } from "@tillsync/sync-protocol";
import { expect, it } from "vitest";
import { fillCloud, priceOf } from "./testing/documents.ts";
import { ModelReferenceCloud } from "./testing/model-reference-cloud.ts";
import { ReferenceTill, SCOPES } from "./testing/reference-till.ts";

const BIN = fileURLToPath(new URL("../../bin/edge-agent.mjs", import.meta.url));
/** Overridable for long runs. */
const KILLS = Number(process.env["TILLSYNC_KILLS"] ?? 10);

it(`an agent that is killed ${KILLS} times at random bytes of its first load ends with what the cloud has`, async () => {
  const cloud = new ModelReferenceCloud(SCOPES);
  const served = await cloud.serve();
  const till = new ReferenceTill();
  try {
    till.enrol(served.url);
    till.store.close();
    cloud.chunkDocuments = 400;
    fillCloud(cloud, 2_000);
    cloud.takeSnapshots();
    const all = [...cloud.chunks.values()].reduce((sum, bytes) => sum + bytes.length, 0);
    let seed = 4_711;
    const chance = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
    let cut = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const at = cloud.bytesSent + 500 + Math.floor(chance() * ((2 * all) / KILLS));
      const agent = spawn(process.execPath, [BIN, "run", "--data", till.dir], { stdio: "ignore" });
      const gone = once(agent, "exit");
      let loaded = (): void => undefined;
      const idle = new Promise<void>((resolve) => (loaded = resolve));
      cloud.onBytes = (sent, path) => {
        if (sent >= at && agent.exitCode === null && agent.signalCode === null) agent.kill("SIGKILL");
        // The last collection is pulled: nothing is left to be cut off.
        if (path.endsWith("/stock/pull")) setTimeout(loaded, 50);
        return true;
      };
      const died = await Promise.race([gone.then(() => true), idle.then(() => false)]);
      if (died) cut += 1;
      else agent.kill("SIGKILL");
      await gone;
      if (kill % 4 === 1) cloud.put("prices", ALL, `k${kill}`, priceOf(kill, 5));
    }
    cloud.onBytes = () => true;
    till.store = till.open();
    till.start();
    await till.until(() => till.isAtEnd() && till.digest() === cloud.digest(), "identical");
    expect(cut).toBeGreaterThanOrEqual(Math.min(KILLS, 5));
  } finally {
    await till.close();
    await served.close();
  }
});
