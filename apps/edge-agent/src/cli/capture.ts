import { resolve } from "node:path";
import { TillsyncError } from "@tillsync/sync-protocol";
import { capturePaths, type CaptureReport, type CaptureRequest } from "../capture/capture-paths.ts";
import { printReport } from "../capture/print-report.ts";
import { readJsonFile } from "../config/load-config.ts";
import { askAgent } from "../control/ask-agent.ts";
import { openFolder } from "../core/open-folder.ts";
import type { Command } from "./command.ts";
import { readFlags, type FlagValues } from "./read-flags.ts";

export const capture: Command = {
  usage: "capture --data DIR --adapter NAME [--config FILE] [--file-bytes-max N] [--json] PATH...",
  summary: "captures files once; exits 1 if one failed or something was set aside that needs a person",
  run: async (args) => {
    const flags = readFlags(args, { adapter: { type: "string" }, config: { type: "string" }, "file-bytes-max": { type: "string" } }, "any");
    const request = readRequest(flags);
    const report = (await askAgent(flags.data, "capture", request)) ?? (await captureHere(flags.data, request));
    console.log(flags.json ? JSON.stringify(report) : printReport(report));
    return report.ok ? 0 : 1;
  },
};

function readRequest(flags: FlagValues): CaptureRequest {
  const adapter = flags.text("adapter");
  if (adapter === undefined) throw new TillsyncError("usage.invalid", "--adapter NAME is needed");
  if (flags.positionals.length === 0) throw new TillsyncError("usage.invalid", "name at least one file");
  const config = flags.text("config");
  return {
    adapter,
    paths: flags.positionals.map((path) => resolve(path)),
    ...(config === undefined ? {} : { config: readJsonFile(resolve(config)) }),
    ...bytesMax(flags.text("file-bytes-max")),
  };
}

function bytesMax(text: string | undefined): { fileBytesMax?: number } {
  if (text === undefined) return {};
  const bytes = Number(text);
  if (!Number.isSafeInteger(bytes) || bytes < 1) throw new TillsyncError("usage.invalid", "--file-bytes-max takes a number of bytes");
  return { fileBytesMax: bytes };
}

async function captureHere(dir: string, request: CaptureRequest): Promise<CaptureReport> {
  const folder = openFolder(dir, { now: () => Date.now() });
  try {
    return await capturePaths(folder, request);
  } finally {
    folder.close();
  }
}
