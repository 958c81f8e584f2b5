import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gatherCrew } from "./crew.ts";
import { HELP, readOptions, type TourOptions } from "./options.ts";
import { buildPage } from "./page/serve-page.ts";
import { printTable } from "./print-table.ts";
import { runTour, sayOn, type OpenWindows, type PlayedTour } from "./run-tour.ts";
import { emptyView } from "./view.ts";

/** A folder of the tour's own. Throws when a folder that was named is in use. */
function makeFolder(named: string | undefined): { folder: string; temporary: boolean } {
  if (named === undefined) return { folder: mkdtempSync(join(tmpdir(), "tillsync-tour-")), temporary: true };
  const folder = resolve(named);
  if (existsSync(folder) && readdirSync(folder).length > 0) throw new Error(`${folder} is not empty`);
  mkdirSync(folder, { recursive: true });
  return { folder, temporary: false };
}

/** How a tour ended, and the exit code for it. */
const EXIT_CODES = { arrived: 0, missing: 1, broken: 1, interrupted: 130 } as const;
type Ending = keyof typeof EXIT_CODES;

async function run(options: TourOptions): Promise<Ending> {
  const started = performance.now();
  const { folder, temporary } = makeFolder(options.data);
  /* The database may run as a user of its own, who must be able to pass through. */
  chmodSync(folder, 0o711);
  const view = emptyView();
  const say = sayOn(view, (text) => console.log(`${((performance.now() - started) / 1_000).toFixed(1).padStart(5)} s  ${text}`));
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop.abort(new Interrupted()));
  process.on("uncaughtException", (error) => stop.abort(error));
  const crew = gatherCrew(folder, (reason) => stop.abort(new Error(reason)));
  const windows: OpenWindows = new Map();
  const page = buildPage(
    () => view,
    (till) => windows.get(till)?.(),
  );
  let ending: Ending = "broken";
  let tour: PlayedTour | undefined;
  try {
    const url = await page.listen({ host: "127.0.0.1", port: options.port });
    console.log(`Live page: ${url}\n`);
    tour = await Promise.race([runTour({ crew, folder, options, view, windows, signal: stop.signal, say }), stopped(stop.signal)]);
    ending = tour.arrived ? "arrived" : "missing";
    console.log(`\n${printTable(view.table)}\n\n${view.headline}.`);
    if (!options.exit) {
      console.log(`The live page stays up at ${url}, and leads to the windows of both tills; Ctrl-C ends the tour.`);
      await stopped(stop.signal);
    }
  } catch (error) {
    const reason: unknown = stop.signal.aborted ? stop.signal.reason : error;
    if (!(reason instanceof Interrupted)) {
      ending = "broken";
      console.error(`\nThe tour ended early: ${reason instanceof Error ? reason.message : String(reason)}`);
    } else if (ending === "broken") ending = "interrupted";
  }
  await tour?.end();
  await crew.stopAll();
  await page.close();
  if (temporary && (ending === "arrived" || ending === "interrupted")) rmSync(folder, { recursive: true, force: true });
  else console.log(`Its files are in ${folder}`);
  return ending;
}

/** Something went wrong before the tour could begin, such as a folder that cannot be used. */
function complain(error: unknown): Ending {
  console.error(error instanceof Error ? error.message : String(error));
  return "broken";
}

/** Somebody asked the tour to end. */
class Interrupted extends Error {}

/** Never resolves; rejects with the reason when the tour is to end. */
const stopped = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    const fail = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)));
    if (signal.aborted) fail();
    else signal.addEventListener("abort", fail, { once: true });
  });

const read = readOptions(process.argv.slice(2));
switch (read.kind) {
  case "help":
    console.log(HELP);
    break;
  case "wrong":
    console.error(`${read.message}\n\n${HELP}`);
    process.exitCode = 2;
    break;
  case "run":
    process.exit(EXIT_CODES[await run(read.options).catch(complain)]);
}
