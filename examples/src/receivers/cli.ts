import { parseArgs } from "node:util";
import { z } from "zod";
import { buildReceiver } from "./app.ts";
import type { Books } from "./books.ts";
import { erpBooks } from "./erp-books.ts";
import { planFaults } from "./faults.ts";
import { openLedger } from "./ledger.ts";
import { loyaltyBooks } from "./loyalty-books.ts";
import { omsBooks } from "./oms-books.ts";
import { loadSecret } from "./secret.ts";

const HELP = `Takes the cloud's webhooks as an ERP, an OMS or a loyalty engine would, and books each receipt once.

  node examples/src/receivers/main.ts --kind erp|oms|loyalty --data DIR [options]

  --data DIR      holds its SQLite file and webhook.secret, the secret to give to the sender
  --port N        default 0: any free port
  --host ADDRESS  default 127.0.0.1
  --faults RATE   share of requests that go wrong on purpose, 0 to 1 (default 0)
  --seed TEXT     the same seed gives the same faults (default 1)
  --silence MS    how long a time-out on purpose lasts (default 30000)
  --json          print the address as JSON

  POST /events    webhooks (Standard Webhooks signature, CloudEvents body)
  GET /summary    {count, grossByCurrency, duplicatesRefused, faults, ...}
`;

const optionsSchema = z.object({
  kind: z.enum(["erp", "oms", "loyalty"]),
  data: z.string().min(1),
  port: z.coerce.number().int().min(0).max(65_535).default(0),
  host: z.string().default("127.0.0.1"),
  faults: z.coerce.number().min(0).max(1).default(0),
  seed: z.string().default("1"),
  silence: z.coerce.number().int().min(1).max(600_000).default(30_000),
  json: z.boolean().default(false),
});

const BOOKS: Readonly<Record<Books["kind"], Books>> = { erp: erpBooks, oms: omsBooks, loyalty: loyaltyBooks };
const SLOW_MS = 800;

async function run(options: z.infer<typeof optionsSchema>): Promise<void> {
  const { secret, file } = loadSecret(options.data);
  const ledger = openLedger(options.data, BOOKS[options.kind]);
  const faults = planFaults(options.seed, options.faults);
  const app = buildReceiver({ kind: options.kind, ledger, faults, secret, silenceMs: options.silence, slowMs: SLOW_MS });
  const url = await app.listen({ host: options.host, port: options.port });
  console.log(options.json ? JSON.stringify({ kind: options.kind, url, secretFile: file }) : `${options.kind} listens at ${url}/events`);
  const stop = (): void => {
    void app.close().then(() => ledger.close());
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
}

function readOptions(): z.infer<typeof optionsSchema> | "help" | undefined {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  try {
    const { values } = parseArgs({
      options: { kind: text, data: text, port: text, host: text, faults: text, seed: text, silence: text, json: flag, help: flag },
    });
    if (values.help === true) return "help";
    return optionsSchema.parse(values);
  } catch (error) {
    const message = error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : String(error);
    console.error(`${message}\n\n${HELP}`);
    return undefined;
  }
}

const options = readOptions();
if (options === undefined) process.exitCode = 2;
else if (options === "help") console.log(HELP);
else await run(options);
