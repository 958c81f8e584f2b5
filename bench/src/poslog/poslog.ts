import { join } from "node:path";
import { measureAdapter } from "../adapters/measure-adapter.ts";
import type { Benchmark } from "../benchmark.ts";
import { makeScratch, removeScratch } from "../processes/scratch.ts";
import { writePoslog } from "./write-poslog.ts";

const SALES = 5_000;
const SALES_QUICK = 1_000;

export const poslog: Benchmark = {
  name: "poslog",
  about: "reading POSLog XML into canonical transactions, against a streaming XML parser that makes nothing of it",
  run: async (context) => {
    const folder = await makeScratch("poslog");
    try {
      const file = join(folder, "POSLog.xml");
      writePoslog(file, context.quick ? SALES_QUICK : SALES);
      const notes = ["the file is a generated till's day, read from memory in pieces of 64 KiB"];
      return await measureAdapter(context, { name: "poslog", config: {}, file, floor: new URL("./floor.ts", import.meta.url), notes });
    } finally {
      await removeScratch(folder);
    }
  },
};
