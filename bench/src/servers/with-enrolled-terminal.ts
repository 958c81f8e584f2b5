import { startCloud } from "./cloud.ts";
import { startPostgres } from "./postgres.ts";
import { makeTerminal, type Terminal } from "./terminal.ts";

/** Gives `work` an enrolled terminal with an empty journal and a cloud that it reaches; removes both afterwards. */
export async function withEnrolledTerminal<T>(work: (terminal: Terminal) => Promise<T>): Promise<T> {
  const postgres = await startPostgres();
  try {
    const cloud = await startCloud(await postgres.createDatabase("cloud"));
    try {
      const terminal = await makeTerminal(cloud, cloud.url, 0);
      try {
        return await work(terminal);
      } finally {
        await terminal.remove();
      }
    } finally {
      await cloud.stop();
    }
  } finally {
    await postgres.stop();
  }
}
