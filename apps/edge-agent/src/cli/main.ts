import { TillsyncError } from "@tillsync/sync-protocol";
import { actAsOwner, namedFolder } from "../service/act-as-owner.ts";
import { COMMANDS } from "./commands.ts";
import { reportError } from "./report-error.ts";

const [name = "--help", ...args] = process.argv.slice(2);
// Who reads our output may stop reading (`| head`): that is an end, not an error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});
process.exitCode = await main().catch(reportError(args.includes("--json")));

async function main(): Promise<number> {
  if (name === "--help" || name === "-h" || name === "help") return printHelp();
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load === undefined) throw new TillsyncError("usage.invalid", `no command ${JSON.stringify(name)}; see edge-agent --help`);
  const command = await load();
  if (args.includes("--help") || args.includes("-h")) {
    console.log(`edge-agent ${command.usage}\n\n${command.summary}`);
    return 0;
  }
  actAsOwner(name, namedFolder(args, process.env));
  return command.run(args);
}

async function printHelp(): Promise<number> {
  console.log("edge-agent COMMAND --data DIR [--help]\n");
  for (const load of Object.values(COMMANDS)) {
    const command = await load();
    console.log(`  edge-agent ${command.usage}\n      ${command.summary}`);
  }
  return 0;
}
