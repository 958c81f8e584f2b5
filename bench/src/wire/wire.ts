import type { Benchmark } from "../benchmark.ts";
import { runScript, startScript } from "../processes/child.ts";
import { startCloud } from "../servers/cloud.ts";
import { startCountingProxy, type CountingProxy } from "../servers/counting-proxy.ts";
import { startPostgres } from "../servers/postgres.ts";
import { makeTerminal, type Terminal } from "../servers/terminal.ts";
import { floorBytesPerSale } from "./floor.ts";

const TARGET_BYTES = 220;
const SALES = 10_000;
const SALES_QUICK = 3_000;
const SINGLE_SALES = 30;
const STEP_MS = 120_000;

export const wire: Benchmark = {
  name: "wire",
  about: "bytes of HTTP per sale in batches of 500, headers and answers included",
  run: async ({ quick }) => {
    const sales = quick ? SALES_QUICK : SALES;
    const measured = await measure(sales);
    const floor = floorBytesPerSale(sales);
    const ours = (measured.batched.up + measured.batched.down) / sales;
    return {
      name: "wire",
      ours,
      unit: "bytes/sale",
      floor: floor.wire,
      ratio: floor.wire / ours,
      peers: {},
      target: `<= ${TARGET_BYTES} bytes a sale`,
      met: ours <= TARGET_BYTES,
      rounds: 1,
      extra: {
        upBytes: measured.batched.up / sales,
        downBytes: measured.batched.down / sales,
        plainBytes: floor.plain,
        "single.upBytes": measured.single.up / SINGLE_SALES,
        "single.downBytes": measured.single.down / SINGLE_SALES,
        "single.ackMs": measured.ackMs,
      },
      notes: ["counted on the TCP connection between agent and cloud; the greeting is included, TLS and TCP's own headers are not"],
    };
  },
};

async function measure(sales: number) {
  const postgres = await startPostgres();
  try {
    const cloud = await startCloud(await postgres.createDatabase("wire"));
    try {
      const line = await startCountingProxy(cloud.url);
      const terminal = await makeTerminal(cloud, line.url, sales);
      try {
        line.take();
        await runScript(new URL("../drain/ours.ts", import.meta.url), { folder: terminal.folder, timeoutMs: STEP_MS }, STEP_MS);
        const batched = line.take();
        return { batched, ...(await measureSingle(terminal, line)) };
      } finally {
        await terminal.remove();
        await line.stop();
      }
    } finally {
      await cloud.stop();
    }
  } finally {
    await postgres.stop();
  }
}

async function measureSingle({ folder }: Terminal, line: CountingProxy) {
  const seller = startScript(new URL("./one-by-one.ts", import.meta.url), { folder, till: 2, sales: SINGLE_SALES });
  try {
    await seller.next(STEP_MS);
    line.take();
    seller.send({ go: true });
    const { ackMs } = (await seller.next(STEP_MS)) as { ackMs: number };
    const single = line.take();
    seller.send({ stop: true });
    return { single, ackMs };
  } finally {
    await seller.stop();
  }
}
