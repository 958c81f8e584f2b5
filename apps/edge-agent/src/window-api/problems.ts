import type { Problem, Snapshot } from "./snapshot.ts";
import { isStale } from "./source-freshness.ts";

/** What problems are found in: a snapshot without its list of them, or with. */
export type SnapshotParts = Omit<Snapshot, "problems"> & Partial<Pick<Snapshot, "problems">>;

type Rule = (parts: SnapshotParts, nowMs: number) => readonly Problem[];
export type ProblemRules = Readonly<Record<string, Rule>>;

const problem = (code: string, detail: string | null = null, about: string | null = null): Problem => ({ code, detail, about });
const when = (wrong: boolean, code: string, detail?: string | null, about?: string | null): Problem[] =>
  wrong ? [problem(code, detail, about)] : [];

/** What the line itself says that a person has to do, while it is only "offline" for the session, which goes on trying. */
const ASKS_FOR_A_PERSON: ReadonlySet<string> = new Set(["wire.sign-in", "wire.proxy-refused", "wire.not-cloud"]);

/** By gravity: where sales are refused, where they do not leave, where they are not read, then what is merely wrong. */
export const PROBLEM_RULES = {
  disk: ({ disk }) => when(disk.state === "full", "store.disk-full"),
  blocked: ({ line }) => when(line.state === "blocked", line.lastError?.code ?? "internal.unexpected"),
  notEnrolled: ({ line }) => when(line.state === "not-enrolled", "enrol.required"),
  failing: ({ sources }) =>
    sources.filter(({ state }) => state === "failing").map(({ name, code }) => problem(code ?? "internal.unexpected", null, name)),
  stale: ({ sources }, nowMs) => sources.filter((source) => isStale(source, nowMs)).map(({ name }) => problem("source.stale", null, name)),
  noSource: ({ sources }) => when(sources.length === 0, "source.none"),
  setAside: ({ setAside }) => when(setAside.open > 0, "capture.set-aside", `${setAside.open}`),
  failedFiles: ({ sources, setAside }) =>
    setAside.open > 0
      ? []
      : sources.filter(({ failed }) => failed > 0).map(({ name, failed }) => problem("capture.set-aside", `${failed}`, name)),
  network: ({ line }) => {
    const code = line.state === "offline" ? line.lastError?.code : undefined;
    return code !== undefined && ASKS_FOR_A_PERSON.has(code) ? [problem(code)] : [];
  },
  clock: ({ clock }) => (clock.code === null ? [] : [problem(clock.code)]),
  reference: ({ reference }) => when(reference.state === "blocked", reference.code ?? "internal.unexpected", null, "reference"),
  orders: ({ orders }) => when(orders.conflicts > 0, "order.conflict", `${orders.conflicts}`),
  paused: ({ pause, sources }) => when(pause !== null || sources.some(({ state }) => state === "paused"), "source.paused"),
} as const satisfies ProblemRules;

/**
 * What needs a person, the gravest first, each code once per matter. Those that the snapshot itself names and these rules
 * do not find are kept at the end: the agent may be newer than the one who looks.
 */
export function findProblems(parts: SnapshotParts, nowMs: number, rules: ProblemRules = PROBLEM_RULES): Problem[] {
  const found: Problem[] = [];
  for (const one of [...Object.values(rules).flatMap((rule) => rule(parts, nowMs)), ...(parts.problems ?? [])])
    if (!found.some((known) => isSame(known, one))) found.push(one);
  return found;
}

/** What blocks the way up and the way down at once is one matter. */
const isSame = (a: Problem, b: Problem): boolean => a.code === b.code && (a.about === b.about || b.about === "reference");
