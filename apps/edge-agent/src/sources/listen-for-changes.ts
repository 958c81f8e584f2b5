import { watch } from "node:fs";

/** Events of one write come in a burst; the last of them is enough. */
const BURST_MS = 100;
/** More names in one burst are told as a change of the whole folder. */
export const BURST_NAMES_MAX = 1_000;

export interface Listener {
  readonly stop: () => void;
}

/**
 * Calls back with the names that something happened to in a folder itself, `all` where they are not known. No promise that every
 * change is told (shares tell none, and a folder that is moved away falls silent): it only makes the next look come sooner.
 * Throws what the system says when the folder cannot be listened to. Costs nothing for files at rest, however many there are.
 */
export function listenForChanges(path: string, onChange: (names: ReadonlySet<string> | "all") => void): Listener {
  let timer: NodeJS.Timeout | undefined;
  let names: Set<string> | "all" = new Set();
  const tell = (): void => {
    timer = undefined;
    const told = names;
    names = new Set();
    onChange(told);
  };
  const hear = (name: string | null): void => {
    if (name === null || names === "all" || names.size === BURST_NAMES_MAX) names = "all";
    else names.add(name);
    timer ??= setTimeout(tell, BURST_MS);
  };
  const watcher = watch(path, { encoding: "utf8" }, (_event, name) => hear(name));
  // Without a listener an error event would end the process; the rescan finds what there is.
  watcher.on("error", () => hear(null));
  return {
    stop: () => {
      clearTimeout(timer);
      watcher.close();
    },
  };
}
