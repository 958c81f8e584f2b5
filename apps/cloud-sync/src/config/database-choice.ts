import { TillsyncError } from "@tillsync/sync-protocol";

/** Which PostgreSQL: one of our own in the data folder, or one by address. */
export type DatabaseChoice = { readonly kind: "embedded"; readonly dir: string } | { readonly kind: "external"; readonly url: string };

/** So that an address with a password need not stand in the list of processes. */
export const DATABASE_URL_VARIABLE = "TILLSYNC_DATABASE_URL";

/** `--database-url`, else the environment's address, else `--data`. Throws `usage.invalid`. */
export function chooseDatabase(flags: Record<string, unknown>, env: NodeJS.ProcessEnv): DatabaseChoice {
  const fromFlags = flags["database-url"];
  const url = typeof fromFlags === "string" ? fromFlags : env[DATABASE_URL_VARIABLE];
  const { data } = flags;
  if (url !== undefined && url !== "") {
    if (!/^postgres(ql)?:\/\//.test(url)) throw new TillsyncError("usage.invalid", "the database's address starts with postgres://");
    return { kind: "external", url };
  }
  if (typeof data !== "string" || data === "")
    throw new TillsyncError("usage.invalid", "name the data folder with --data, or a database with --database-url");
  return { kind: "embedded", dir: data };
}
