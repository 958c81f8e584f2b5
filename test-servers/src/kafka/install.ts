import { execFile } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { installDebian } from "../process/install-debian.ts";
import { nodes, propertiesOf } from "./properties.ts";

const run = promisify(execFile);
const POM = fileURLToPath(new URL("pom.xml", import.meta.url));
const MAVEN_MAX_MS = 280_000;
const FORMAT_MAX_MS = 60_000;

export const classPath = (folder: string): string => join(folder, "lib", "*");
export const seedOf = (folder: string, node: number): string => join(folder, "seed", String(node));

/** Small and quick to start: these brokers live for a minute. */
export const JAVA_OPTIONS: readonly string[] = [
  "-Xms96m",
  "-Xmx256m",
  "-XX:+UseSerialGC",
  "-XX:TieredStopAtLevel=1",
  "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
];

/**
 * Fetches the broker from Maven's own registry and formats the disks of three nodes, once. Needs Java 17 and Maven, which it
 * installs where it may. Throws with what is missing.
 */
export async function installKafka(folder: string): Promise<void> {
  // Made last: half an installation is begun anew.
  const stamp = join(folder, "installed");
  const wanted = readFileSync(POM, "utf8");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  await installDebian("/usr/bin/java", ["openjdk-17-jre-headless"]);
  await installDebian("/usr/bin/mvn", ["maven"]);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  copyFileSync(POM, join(folder, "pom.xml"));
  await run("mvn", ["-B", "-q", "-ntp", "dependency:copy-dependencies", "-DincludeScope=runtime", "-DoutputDirectory=lib"], {
    cwd: folder,
    timeout: MAVEN_MAX_MS,
  });
  const { stdout } = await run("java", ["-cp", classPath(folder), "kafka.tools.StorageTool", "random-uuid"], { timeout: FORMAT_MAX_MS });
  await Promise.all(nodes.map((node) => format(folder, node, stdout.trim())));
  writeFileSync(stamp, wanted);
}

async function format(folder: string, node: number, clusterId: string): Promise<void> {
  const file = join(folder, `seed-${node}.properties`);
  // No port is written to the disk.
  writeFileSync(file, propertiesOf(node, seedOf(folder, node), { clients: [1, 2, 3], controllers: [4, 5, 6] }));
  await run("java", [...JAVA_OPTIONS, "-cp", classPath(folder), "kafka.tools.StorageTool", "format", "-t", clusterId, "-c", file], {
    timeout: FORMAT_MAX_MS,
  });
}
