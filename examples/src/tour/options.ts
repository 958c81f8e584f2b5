import { parseArgs } from "node:util";
import { z } from "zod";

export const HELP = `The tour: a cloud, a store with two tills, an ERP, an OMS and a loyalty engine, on this machine.
The line to the cloud is cut while the tills go on selling, and restored. A price that was changed in the cloud meanwhile comes
down to the tills. At the end everyone's books and price lists are compared.

  npm start -- [options]

  --exit          end after the comparison; exit code 0 only if every sale arrived everywhere exactly once and
                  both tills have the cloud's prices
  --sales N       sales at each till (default 120)
  --speed X       twice as fast with 2, half with 0.5 (default 1)
  --faults RATE   share of deliveries that the receivers spoil on purpose, 0 to 1 (default 0.05)
  --seed TEXT     the same seed gives the same sales and faults (default tour)
  --port N        port of the live page (default: any free one)
  --data DIR      keep everything in DIR, which must be empty or missing (default: a temporary folder, removed at the end)
`;

const SALES_MAX = 100_000;

const optionsSchema = z.object({
  exit: z.boolean().default(false),
  sales: z.coerce.number().int().min(1).max(SALES_MAX).default(120),
  speed: z.coerce.number().min(0.01).max(1_000).default(1),
  faults: z.coerce.number().min(0).max(0.9).default(0.05),
  seed: z.string().min(1).default("tour"),
  port: z.coerce.number().int().min(0).max(65_535).default(0),
  data: z.string().min(1).optional(),
});
export type TourOptions = z.infer<typeof optionsSchema>;

export type ReadOptions = { kind: "run"; options: TourOptions } | { kind: "help" } | { kind: "wrong"; message: string };

/** Reads the command line; never throws. */
export function readOptions(args: readonly string[]): ReadOptions {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { exit: flag, help: flag, sales: text, speed: text, faults: text, seed: text, port: text, data: text },
    });
    if (values.help === true) return { kind: "help" };
    const parsed = optionsSchema.safeParse(values);
    return parsed.success ? { kind: "run", options: parsed.data } : { kind: "wrong", message: z.prettifyError(parsed.error) };
  } catch (error) {
    return { kind: "wrong", message: error instanceof Error ? error.message : String(error) };
  }
}
