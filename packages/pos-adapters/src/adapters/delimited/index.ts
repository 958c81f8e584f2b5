import { defineAdapter } from "../../kit/define-adapter.ts";
import { mappingSchema, type Mapping } from "./mapping.ts";
import { probe } from "./probe.ts";
import { openSession } from "./session.ts";

/** CSV and fixed-width files by a mapping document, which is the whole configuration. */
export const delimited = defineAdapter<Mapping>({
  manifest: {
    name: "delimited",
    version: "1.0.0",
    formats: ["CSV", "fixed width"],
    mode: "file",
    description: "CSV and fixed-width exports, mapped to transactions by a declarative document",
  },
  configSchema: mappingSchema,
  probe,
  open: openSession,
});
export type { Mapping };
