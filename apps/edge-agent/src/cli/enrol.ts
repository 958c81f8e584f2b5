import { resolve } from "node:path";
import { TillsyncError } from "@tillsync/sync-protocol";
import { enrolTerminal } from "../enrol/enrol-terminal.ts";
import { systemPorts } from "../replicator/ports.ts";
import type { Command } from "./command.ts";
import { readFlags } from "./read-flags.ts";

export const enrol: Command = {
  usage: "enrol --data DIR --cloud URL --code CODE [--ca FILE] [--json]",
  summary:
    "enrols this terminal with a one-time code from head office; may be repeated, also while the agent runs. --ca trusts " +
    "the authorities of a PEM file besides the built-in ones (so does NODE_EXTRA_CA_CERTS); HTTPS_PROXY and NO_PROXY are honoured",
  run: async (args) => {
    const flags = readFlags(args, { cloud: { type: "string" }, code: { type: "string" }, ca: { type: "string" } });
    const ca = flags.text("ca");
    const { enrolment, repeated } = await enrolTerminal(
      {
        dir: flags.data,
        url: needed(flags.text("cloud"), "--cloud URL"),
        code: needed(flags.text("code"), "--code CODE"),
        caFile: ca && resolve(ca),
      },
      { ports: systemPorts(), env: process.env },
    );
    const { terminal, store, firstEpoch, url } = enrolment;
    if (flags.json) console.log(JSON.stringify({ terminalId: terminal, storeId: store, firstEpoch, url, repeated }));
    else console.log(`${repeated ? "was enrolled before" : "enrolled"} as terminal ${terminal} of store ${store} at ${url}`);
    return 0;
  },
};

function needed(value: string | undefined, flag: string): string {
  if (value === undefined || value === "") throw new TillsyncError("usage.invalid", `${flag} is needed`);
  return value;
}
