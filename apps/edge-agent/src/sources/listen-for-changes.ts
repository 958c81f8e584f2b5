/** Events of one write come in a burst; the last of them is enough. */
const BURST_MS = 100;

/**
 * Calls back when something in the folder changes. No promise that every change is told (shares tell none): it only makes
 * the next look come sooner. Resolves to how to stop.
 */
export async function listenForChanges(path: string, onChange: () => void): Promise<() => Promise<void>> {
  const { watch } = await import("chokidar");
  let timer: NodeJS.Timeout | undefined;
  const soon = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      onChange();
    }, BURST_MS);
  };
  const watcher = watch(path, { depth: 0, ignoreInitial: true, ignorePermissionErrors: true });
  watcher.on("all", soon);
  // Without a listener an error event would end the process; the rescan finds what there is.
  watcher.on("error", soon);
  return async () => {
    clearTimeout(timer);
    await watcher.close();
  };
}
