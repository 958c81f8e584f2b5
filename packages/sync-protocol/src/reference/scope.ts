import { z } from "zod";
import type { StoreId, TerminalId } from "../ids.ts";

/** Whom a document is for: `all`, one store, or one terminal. */
export const scopeSchema = z
  .string()
  .regex(/^(all|(store|terminal):[A-Za-z0-9][A-Za-z0-9._-]{0,63})$/, "all, store:ID or terminal:ID")
  .brand<"Scope">();
export type Scope = z.infer<typeof scopeSchema>;

export const ALL = "all" as Scope;
export const storeScope = (store: StoreId): Scope => `store:${store}` as Scope;
export const terminalScope = (terminal: TerminalId): Scope => `terminal:${terminal}` as Scope;

/** All that a terminal may see, from the general to its own. */
export const scopesOf = (device: { readonly store: StoreId; readonly terminal: TerminalId }): readonly Scope[] => [
  ALL,
  storeScope(device.store),
  terminalScope(device.terminal),
];
