import { randomBytes } from "node:crypto";
import { storeIdSchema, terminalIdSchema, TillsyncError } from "@tillsync/sync-protocol";
import type { z } from "zod";
import { createEnrolCode } from "../devices/create-enrol-code.ts";
import type { Command } from "./command.ts";
import { parseFlags, required } from "./parse-flags.ts";
import { withDatabase } from "./with-database.ts";

export const enrolCode: Command = {
  usage: "enrol-code --data DIR|--database-url URL --store STORE --terminal TERMINAL [--json]",
  summary: "Makes a one-time code, good for a day, with which a terminal of a store enrols. It is shown once.",
  run: async (args) => {
    const { values } = parseFlags(args, { store: { type: "string" }, terminal: { type: "string" } } as const);
    const store = readName(storeIdSchema, values.store, "store");
    const terminal = readName(terminalIdSchema, values.terminal, "terminal");
    const made = await withDatabase(
      values,
      (db) => createEnrolCode(db, { terminal, store, nowMs: Date.now(), randomBytes: (count) => randomBytes(count) }),
      { create: true },
    );
    const expiresAt = new Date(made.expiresAtMs).toISOString();
    if (values.json) console.log(JSON.stringify({ code: made.code, terminal, store, expiresAt }));
    else console.log(`${made.code}\nfor terminal ${terminal} of store ${store}, once, until ${expiresAt}`);
    return 0;
  },
};

function readName<S extends z.ZodType>(schema: S, value: string | undefined, flag: string): z.infer<S> {
  const parsed = schema.safeParse(required(value, flag));
  if (!parsed.success) throw new TillsyncError("usage.invalid", `--${flag}: ${parsed.error.issues[0]?.message}`);
  return parsed.data;
}
