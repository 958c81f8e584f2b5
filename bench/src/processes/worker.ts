/* The other end of `child.ts`: what a script of the bench does to hear its input and to tell its result. */

/** What the bench gave this script, as `startScript` sent it. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the one who reads it says what was sent
export function input<T>(): T {
  const text = process.argv[2];
  if (text === undefined) throw new Error("this script is started by the bench");
  return JSON.parse(text) as T;
}

/** Tells the bench something; resolves once it is on its way. */
export function tell(message: object): Promise<void> {
  return new Promise((resolve, reject) => {
    if (process.send === undefined) reject(new Error("this script is started by the bench"));
    else process.send(message, undefined, undefined, (error) => (error === null ? resolve() : reject(error)));
  });
}

/** The next message of the bench. */
export const heard = (): Promise<unknown> => new Promise((resolve) => process.once("message", resolve));

/** Ends the channel, so that a script with nothing left to do ends. */
export const done = (): void => process.disconnect();

/** Processor time of this process since it started, all its threads. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** The most memory that this process has held, in bytes. */
export const peakRssBytes = (): number => process.resourceUsage().maxRSS * 1_024;
