import { PRIVATE_KEY } from "./redact.ts";

/** Shorter ones would tear holes into everything, and are no secrets. */
const CHARS_MIN = 5;
const DEPTH_MAX = 20;
const PASSWORDS = /[a-z][a-z0-9+.-]*:\/\/(?:[^\s/:@"]*):([^\s/@"]+)@/gi;
const HOMES = /(?:\/home\/|\/Users\/|[A-Za-z]:[\\/]+Users[\\/]+)([^/\\"\s]+)/g;

/**
 * What a person wrote into the configuration or the environment that is nobody's business: values of private fields, whom
 * staff call, passwords in addresses, the names in home folders. It is taken out wherever else it turns up, such as a log.
 */
export function privateValues(config: unknown, env: NodeJS.ProcessEnv): ReadonlySet<string> {
  const found = new Set<string>();
  collect(config, false, 0, found);
  const texts = [
    JSON.stringify(config ?? null),
    ...Object.entries(env).flatMap(([name, value]) => (/proxy/i.test(name) ? [value ?? ""] : [])),
  ];
  for (const text of texts) for (const pattern of [PASSWORDS, HOMES]) for (const match of text.matchAll(pattern)) add(found, match[1]);
  return found;
}

function collect(value: unknown, isPrivate: boolean, depth: number, found: Set<string>): void {
  if (depth > DEPTH_MAX) return;
  if (typeof value === "string" && isPrivate) add(found, value);
  if (typeof value !== "object" || value === null) return;
  for (const [key, item] of Object.entries(value)) collect(item, isPrivate || key === "help" || PRIVATE_KEY.test(key), depth + 1, found);
}

function add(found: Set<string>, value: string | undefined): void {
  if (value === undefined || value.length < CHARS_MIN) return;
  found.add(value);
  // As it stands in JSON.
  found.add(JSON.stringify(value).slice(1, -1));
}
