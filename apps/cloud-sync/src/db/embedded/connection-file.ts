import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

const connectionSchema = z.strictObject({
  /** `serve`: other processes may use the server as guests. `command`: it ends with its command; wait for that. */
  owner: z.enum(["serve", "command"]),
  pid: z.number().int(),
  address: z.union([
    z.strictObject({ host: z.string(), port: z.number().int(), user: z.string(), password: z.string(), database: z.string() }),
    z.strictObject({ url: z.string() }),
  ]),
});
export type Connection = z.infer<typeof connectionSchema>;

const pathIn = (home: string): string => join(home, "connection.json");

/** Written when the server is ready; readable by our user alone, since it holds the password. */
export async function writeConnection(home: string, connection: Connection): Promise<void> {
  const draft = `${pathIn(home)}.new`;
  await writeFile(draft, JSON.stringify(connection), { mode: 0o600 });
  await rename(draft, pathIn(home));
}

/** What the owner of the folder wrote; after a crash it may speak of a server that is gone. */
export async function readConnection(home: string): Promise<Connection | undefined> {
  const text = await readFile(pathIn(home), "utf8").catch(() => "null");
  return connectionSchema.safeParse(JSON.parse(text)).data;
}

export const removeConnection = (home: string): Promise<void> => rm(pathIn(home), { force: true });
