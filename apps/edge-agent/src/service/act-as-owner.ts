import { lstatSync } from "node:fs";
import { resolve } from "node:path";

/** These need root's rights for what they do to the machine. */
const KEEP_RIGHTS = ["service", "updates"];

/** What is asked of the process; a port, so that no test gives its own rights away. */
export interface Rights {
  readonly uid: number;
  readonly ownerOf: (path: string) => { readonly uid: number; readonly gid: number } | undefined;
  readonly become: (uid: number, gid: number) => void;
}

/**
 * Lets a command that root gives work as the owner of the data folder that it names: no file of root's is left there, which
 * the service could not read, and nothing that lies in the folder can lead root elsewhere. Nothing changes for other
 * users, and for a folder of root's.
 */
export function actAsOwner(command: string, data: string | undefined, rights: Rights = thisProcess()): void {
  if (rights.uid !== 0 || data === undefined || KEEP_RIGHTS.includes(command)) return;
  const owner = rights.ownerOf(resolve(data));
  if (owner !== undefined && owner.uid !== 0) rights.become(owner.uid, owner.gid);
}

function thisProcess(): Rights {
  return {
    uid: process.getuid?.() ?? -1,
    ownerOf: (path) => lstatSync(path, { throwIfNoEntry: false }),
    become: (uid, gid) => {
      process.setgroups?.([gid]);
      process.setgid?.(gid);
      process.setuid?.(uid);
    },
  };
}

/** The data folder that a command line names, before it is taken apart by its command. */
export function namedFolder(args: readonly string[], env: NodeJS.ProcessEnv): string | undefined {
  const at = args.indexOf("--data");
  if (at >= 0) return args[at + 1];
  return args.find((arg) => arg.startsWith("--data="))?.slice("--data=".length) ?? env["TILLSYNC_DATA"];
}
