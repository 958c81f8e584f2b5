import type { AdapterManifest } from "../../kit/adapter.ts";

export const manifest: AdapterManifest = {
  name: "poslog",
  version: "1.0.0",
  formats: ["ARTS POSLog 2.x", "ARTS POSLog 6.x"],
  mode: "file",
  description: "ARTS/NRF POSLog XML, one or many transactions a file, with profiles for the dialects of known vendors",
};
