import { readFileSync } from "node:fs";
import { join } from "node:path";
import { measureAdapter } from "../adapters/measure-adapter.ts";
import type { Benchmark } from "../benchmark.ts";
import { makeScratch, removeScratch } from "../processes/scratch.ts";
import { writeCsv } from "./write-csv.ts";

const INVOICES = 20_000;
const INVOICES_QUICK = 5_000;
const MAPPING = new URL("../../../examples/mappings/uci-online-retail.json", import.meta.url);

export const delimited: Benchmark = {
  name: "delimited",
  about: "reading CSV by a mapping into canonical transactions, against a CSV parser that makes nothing of it",
  run: async (context) => {
    const folder = await makeScratch("delimited");
    try {
      const file = join(folder, "invoices.csv");
      writeCsv(file, context.quick ? INVOICES_QUICK : INVOICES);
      const config: unknown = JSON.parse(readFileSync(MAPPING, "utf8"));
      const notes = ["generated invoices of four lines, read from memory in pieces of 64 KiB by examples/mappings/uci-online-retail.json"];
      return await measureAdapter(context, { name: "delimited", config, file, floor: new URL("./floor.ts", import.meta.url), notes });
    } finally {
      await removeScratch(folder);
    }
  },
};
