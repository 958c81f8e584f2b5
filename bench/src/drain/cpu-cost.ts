/** Processor time of one sale in microseconds, by who spent it: what a busy machine does not blur. */
export interface CpuCost {
  readonly edgeUs: number;
  readonly serverUs: number | null;
  readonly databaseUs: number | null;
}

interface Clock {
  cpuMs(): Promise<number | null>;
}

/** Starts counting what `server` and `database` use; the result ends it. `edgeMs` is what the edge counted itself. */
export async function countCpu(server: Clock, database: Clock | undefined): Promise<(edgeMs: number, sales: number) => Promise<CpuCost>> {
  const before = [await server.cpuMs(), (await database?.cpuMs()) ?? null];
  return async (edgeMs, sales) => {
    const after = [await server.cpuMs(), (await database?.cpuMs()) ?? null];
    const [serverUs = null, databaseUs = null] = after.map((ms, i) => {
      const start = before[i] ?? null;
      return ms === null || start === null ? null : ((ms - start) * 1_000) / sales;
    });
    return { edgeUs: (edgeMs * 1_000) / sales, serverUs, databaseUs };
  };
}
