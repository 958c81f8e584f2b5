import { defineAdapter } from "../../kit/define-adapter.ts";
import { configSchema, type PoslogConfig } from "./config.ts";
import { manifest } from "./manifest.ts";
import { probe } from "./probe.ts";
import { openSession } from "./session.ts";

/** ARTS/NRF POSLog XML, versions 2 and 6. */
export const poslog = defineAdapter<PoslogConfig>({ manifest, configSchema, probe, open: openSession });
export type { PoslogConfig };
