/*
 * `npm run servers -- NAME install|start|stop|list`: real servers of others on this machine, for the connectors' suites and for whoever
 * wants to see Tillsync against a real ERP. State lies in .tillsync/servers/NAME; `start` prints the address and writes the
 * file for `cloud-sync destinations add`; `stop` ends what `start` began, by process id.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { testServers } from "@tillsync/test-servers";

const folders = fileURLToPath(new URL("../.tillsync/servers", import.meta.url));
const [name = "", action = "list"] = process.argv.slice(2);
const server = testServers[name];

if (server === undefined || !["install", "start", "stop"].includes(action)) {
  console.log("npm run servers -- NAME install|start|stop");
  for (const known of Object.values(testServers)) console.log(`  ${known.name.padEnd(12)}${known.summary}`);
  process.exit(name === "" || name === "list" ? 0 : 2);
}
const folder = join(folders, name);
const runningFile = join(folder, "running.json");
mkdirSync(folder, { recursive: true });
if (action === "install") await server.install(folder);
if (action === "start") await start();
if (action === "stop") stop();
process.exit(0);

async function start(): Promise<void> {
  if (existsSync(runningFile)) throw new Error(`${name} runs already, or ended badly: npm run servers -- ${name} stop`);
  await server?.install(folder);
  const running = await server?.start(folder, {});
  if (running === undefined) return;
  const destinationFile = join(folder, "destination.json");
  writeFileSync(destinationFile, `${JSON.stringify(running.destination, null, 2)}\n`, { mode: 0o600 });
  writeFileSync(runningFile, JSON.stringify({ pids: running.pids }), { mode: 0o600 });
  console.log(JSON.stringify(running.facts, null, 2));
  console.log(`cloud-sync destinations add ${destinationFile}`);
}

function stop(): void {
  if (!existsSync(runningFile)) return;
  const { pids } = JSON.parse(readFileSync(runningFile, "utf8")) as { pids: number[] };
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGTERM");
    } catch {
      // It ended by itself.
    }
  }
  rmSync(runningFile);
}
