import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestServer } from "@tillsync/test-servers";

const FOLDERS = fileURLToPath(new URL("../../../../../.tillsync/suites/", import.meta.url));
/** Programs are fetched once; a first run takes as long as the registries do. */
export const INSTALL_MAX_MS = 300_000;

/** A folder of the suites' own, where the program stays installed from one run to the next. */
export async function installServer(server: Pick<TestServer, "name" | "install">): Promise<string> {
  const folder = join(FOLDERS, server.name);
  mkdirSync(folder, { recursive: true });
  await server.install(folder);
  return folder;
}
