import { randomBytes } from "node:crypto";
import { TillsyncError } from "@tillsync/sync-protocol";
import { addClient, listClients, revokeClient } from "../intake/client-tokens.ts";
import type { Command } from "./command.ts";
import { readFlags, type FlagValues } from "./read-flags.ts";

export const intake: Command = {
  usage: "intake token add NAME [--read-only] | token list | token revoke NAME   --data DIR [--json]",
  summary: "who may use this terminal's HTTP interface: makes a program's token (shown once), lists programs, takes a token back at once",
  run: async (args) => {
    const flags = readFlags(args, { "read-only": { type: "boolean" } }, "any");
    const [what, action, name, ...more] = flags.positionals;
    if (what !== "token" || more.length > 0) throw new TillsyncError("usage.invalid", "intake token add | list | revoke");
    switch (action ?? "") {
      case "add":
        return add(flags, name ?? "");
      case "list":
        return list(flags);
      case "revoke":
        revokeClient(flags.data, name ?? "");
        print(flags, { name, revoked: true }, `${name} may ask no more`);
        return 0;
      default:
        throw new TillsyncError("usage.invalid", "add, list or revoke");
    }
  },
};

function add(flags: FlagValues, name: string): number {
  const may = flags.has("read-only") ? "read" : "write";
  const token = addClient(flags.data, { name, may, nowMs: Date.now(), randomBytes });
  print(
    flags,
    { name, may, token },
    `${token}\n\nThis is shown once. Give it to the program, which sends it as "authorization: Bearer TOKEN".`,
  );
  return 0;
}

function list(flags: FlagValues): number {
  const clients = listClients(flags.data).map(({ name, may, createdAtMs }) => ({
    name,
    may,
    createdAt: new Date(createdAtMs).toISOString(),
  }));
  const lines = clients.map(({ name, may, createdAt }) => `${name}  ${may}  ${createdAt}`);
  print(flags, clients, lines.join("\n") || "no program has a token");
  return 0;
}

function print(flags: FlagValues, document: unknown, text: string): void {
  console.log(flags.json ? JSON.stringify(document) : text);
}
