import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CannotInstall, type TestServer } from "@tillsync/test-servers";

const FOLDERS = fileURLToPath(new URL("../../../../../.tillsync/suites/", import.meta.url));
/** A first start on a busy machine. */
export const START_MAX_MS = 180_000;

export interface Installed {
  /** The suites' own, where the program stays installed from one run to the next. */
  readonly folder: string;
  /** Why the program cannot be had here; undefined: it is there. Any other failure of the installation is the suite's. */
  readonly missing: string | undefined;
}

/** Quick when it is installed; fetching it takes as long as the registries do. */
export async function installServer(server: Pick<TestServer, "name" | "install">): Promise<Installed> {
  const folder = join(FOLDERS, server.name);
  mkdirSync(folder, { recursive: true });
  try {
    await server.install(folder);
    return { folder, missing: undefined };
  } catch (error) {
    if (error instanceof CannotInstall) return { folder, missing: error.message };
    throw error;
  }
}

/** A suite's name, with the reason where it is skipped. */
export const named = (name: string, { missing }: Installed): string => (missing === undefined ? name : `${name} (skipped: ${missing})`);
