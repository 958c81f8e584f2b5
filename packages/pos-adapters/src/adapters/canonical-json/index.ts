import { z } from "zod";
import { defineAdapter } from "../../kit/define-adapter.ts";
import { probe } from "./probe.ts";
import { openSession } from "./session.ts";

const configSchema = z.strictObject({});
export type CanonicalJsonConfig = z.infer<typeof configSchema>;

/** NDJSON of our own model: what a till that can be programmed, or another Tillsync, writes. */
export const canonicalJson = defineAdapter<CanonicalJsonConfig>({
  manifest: {
    name: "canonical-json",
    version: "1.0.0",
    formats: ["NDJSON of Tillsync transactions"],
    mode: "file",
    description: "One canonical transaction a line, or an object that holds one as `transaction`",
  },
  configSchema,
  probe,
  open: (_config, _context, resume) => openSession(resume),
});
