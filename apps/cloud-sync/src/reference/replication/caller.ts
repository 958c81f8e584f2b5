import {
  ALL,
  CHECKPOINT_SCOPES_MAX,
  scopesOf,
  storeScope,
  TillsyncError,
  type Scope,
  type StoreId,
  type TerminalId,
} from "@tillsync/sync-protocol";
import type { Queryable } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import type { DeviceAuthenticator } from "../../devices/authenticate.ts";

/** Who reads or writes reference data, and what there is for it to see. */
export interface Caller {
  readonly kind: "terminal" | "service";
  /** The terminal's id or the service client's name. */
  readonly name: string;
  /** From the general to the particular: the order in which documents come. */
  readonly scopes: readonly Scope[];
  readonly store: StoreId | undefined;
  readonly mayWrite: boolean;
  /** What it showed; asked again while a stream is open. */
  readonly authorization: string;
}

/** What a service client may do. */
export interface ServiceRights {
  readonly name: string;
  readonly may: ReadonlySet<string>;
  readonly store?: StoreId | undefined;
}

export interface CallerDeps {
  readonly db: Queryable;
  readonly devices: DeviceAuthenticator;
  /** Undefined: the token is not a service client's. Throws `auth.*` for one that is wrong. */
  readonly authenticateService: (authorization: string | undefined) => Promise<ServiceRights | undefined>;
}

/**
 * Finds the caller. `asked` names the scopes that it wants instead of its own all: a terminal may ask for fewer, a service
 * client without a store for any. Throws `auth.*`, `reference.scope-forbidden`.
 */
export async function findCaller(deps: CallerDeps, authorization: string | undefined, asked?: readonly Scope[]): Promise<Caller> {
  const service = await deps.authenticateService(authorization);
  const caller = service === undefined ? await terminalCaller(deps, authorization) : serviceCaller(service, authorization ?? "", asked);
  if (asked === undefined) return caller;
  requireScopes(caller, asked);
  return { ...caller, scopes: caller.scopes.filter((scope) => asked.includes(scope)) };
}

async function terminalCaller(deps: CallerDeps, authorization: string | undefined): Promise<Caller> {
  const device = await deps.devices.authenticate(authorization);
  const scopes = scopesOf(device);
  return { kind: "terminal", name: device.terminal, scopes, store: device.store, mayWrite: true, authorization: authorization ?? "" };
}

function serviceCaller(service: ServiceRights, authorization: string, asked: readonly Scope[] | undefined): Caller {
  if (!service.may.has("reference:read")) throw new TillsyncError("auth.not-allowed", "reference:read");
  const own = service.store === undefined ? [...new Set([ALL, ...(asked ?? [])])] : [ALL, storeScope(service.store)];
  const scopes = own.slice(0, CHECKPOINT_SCOPES_MAX);
  const mayWrite = service.may.has("reference:write");
  return { kind: "service", name: service.name, scopes, store: service.store, mayWrite, authorization };
}

/** Throws `reference.scope-forbidden` where one of `named` is not the caller's to see. */
export function requireScopes(caller: Caller, named: readonly Scope[]): void {
  const foreign = named.find((scope) => !caller.scopes.includes(scope));
  if (foreign !== undefined) throw new TillsyncError("reference.scope-forbidden", foreign);
}

/** Gives those of `callers` that may not read any more what they were let in for. */
export type CallerCheck = (callers: ReadonlySet<Caller>) => Promise<ReadonlySet<Caller>>;

export const callerCheck =
  (deps: CallerDeps): CallerCheck =>
  async (callers) => {
    const terminals = [...callers].filter((caller) => caller.kind === "terminal");
    const allowed = new Set(await activeTerminals(deps.db, terminals));
    const gone = new Set(terminals.filter((caller) => !allowed.has(`${caller.name} ${String(caller.store)}`)));
    for (const caller of callers) if (caller.kind === "service" && !(await serviceStays(deps, caller))) gone.add(caller);
    return gone;
  };

async function activeTerminals(db: Queryable, terminals: readonly Caller[]): Promise<string[]> {
  if (terminals.length === 0) return [];
  const rows = await db.query<{ terminal_id: TerminalId; store_id: StoreId }>(sql`
    SELECT terminal_id, store_id FROM terminal
    WHERE state = 'active' AND terminal_id = ANY (${terminals.map((caller) => caller.name)}::text[])`);
  return rows.map((row) => `${row.terminal_id} ${row.store_id}`);
}

async function serviceStays(deps: CallerDeps, caller: Caller): Promise<boolean> {
  try {
    const now = await deps.authenticateService(caller.authorization);
    return now?.name === caller.name && now.may.has("reference:read") && now.store === caller.store;
  } catch (error) {
    if (error instanceof TillsyncError && error.code.startsWith("auth.")) return false;
    throw error;
  }
}
