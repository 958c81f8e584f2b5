import { parseArgs } from "node:util";
import { z } from "zod";
import { writeFeeds } from "./write-feeds.ts";

const HELP = `Writes sample feeds of reference data: stores and products as NDJSON, a price list as CSV with its mapping.

  node examples/src/reference-generator/main.ts --out DIR [--products N] [--stores N] [--seed TEXT]

  --products N   default 1000
  --stores N     default 2
  --seed TEXT    the same seed gives the same feeds (default 1)
`;

const optionsSchema = z.object({
  out: z.string().min(1),
  products: z.coerce.number().int().min(1).max(1_000_000).default(1_000),
  stores: z.coerce.number().int().min(1).max(999).default(2),
  seed: z.string().default("1"),
});

const text = { type: "string" } as const;
const { values } = parseArgs({
  options: { help: { type: "boolean" }, out: text, products: text, stores: text, seed: text },
  strict: false,
});
const options = optionsSchema.safeParse(values);
if (values["help"] === true) console.log(HELP);
else if (options.success) console.log(JSON.stringify(writeFeeds(options.data.out, options.data), undefined, 2));
else {
  console.error(`${z.prettifyError(options.error)}\n\n${HELP}`);
  process.exitCode = 2;
}
