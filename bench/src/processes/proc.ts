import { readFile, readdir } from "node:fs/promises";

/** Ticks a second of `/proc/PID/stat`: 100 on every Linux that Node.js runs on. */
const TICKS = 100;

/** Memory of a running process in bytes, as Linux tells it: now, and the most it ever held. `null` where there is no /proc. */
export async function memoryOf(pid: number): Promise<{ rssBytes: number; peakRssBytes: number } | null> {
  const status = await readText(`/proc/${pid}/status`);
  if (status === null) return null;
  const kilobytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? Number.NaN);
  return { rssBytes: kilobytes("VmRSS") * 1_024, peakRssBytes: kilobytes("VmHWM") * 1_024 };
}

/** Processor time that a process has used, user and system, in milliseconds. `null` where there is no /proc. */
export const cpuMsOf = (pid: number): Promise<number | null> => sumTimes(pid, [11, 12]);

async function sumTimes(pid: number, places: readonly number[]): Promise<number | null> {
  const stat = await readText(`/proc/${pid}/stat`);
  if (stat === null) return null;
  // The second field is the program's name in brackets and may hold spaces: count from behind it.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (places.reduce((sum, place) => sum + Number(fields[place]), 0) * 1_000) / TICKS;
}

/** Processor time of a process and of those that it started, ended ones too. */
export async function familyCpuMsOf(pid: number): Promise<number | null> {
  const times = await Promise.all((await familyOf(pid)).map((member) => sumTimes(member, [11, 12, 13, 14])));
  return times.every((ms) => ms !== null) ? times.reduce((sum, ms) => sum + ms, 0) : null;
}

/** The process and those that it started, to the last grandchild. */
export async function familyOf(pid: number): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const name of (await readdir("/proc").catch(() => [])).filter((n) => /^\d+$/.test(n))) {
    const stat = await readText(`/proc/${name}/stat`);
    if (stat !== null) parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
  }
  const family = [pid];
  for (const member of family) for (const [child, parent] of parents) if (parent === member) family.push(child);
  return family;
}

const readText = (path: string): Promise<string | null> => readFile(path, "utf8").catch(() => null);
