import { ERROR_CODES, type ErrorEntry } from "@tillsync/sync-protocol";

const RETRY = {
  automatic: "by itself",
  "after-fix": "after the fix",
  never: "no",
} as const satisfies Record<ErrorEntry["retry"], string>;

/** The text of `docs/operate/errors.md`, from the catalogue. */
export function errorPage(): string {
  const areas = Map.groupBy(Object.entries(ERROR_CODES), ([code]) => code.slice(0, code.indexOf(".")));
  const sections = [...areas].map(
    ([area, codes]) => `## ${area}\n| code | what it means | tried again | what to do |\n|---|---|---|---|\n${codes.map(row).join("\n")}\n`,
  );
  return `# Error codes\n\nWritten from the catalogue (\`npm run docs:errors\`); do not edit by hand. "Tried again" says whether Tillsync does so without anyone acting.\n\n${sections.join("\n")}`;
}

const row = ([code, { meaning, nextStep, retry }]: [string, ErrorEntry]): string =>
  `| \`${code}\` | ${meaning} | ${RETRY[retry]} | ${nextStep.replaceAll("|", "\\|")} |`;
