import type { Command } from "./command.ts";

/** Each command is loaded when it is called for, so that a quick one does not pay for the server. */
export const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import("./serve.ts")).serve,
  "enrol-code": async () => (await import("./enrol-code.ts")).enrolCode,
  terminals: async () => (await import("./terminals.ts")).terminals,
  stores: async () => (await import("./stores.ts")).stores,
  reference: async () => (await import("./reference.ts")).reference,
  "service-clients": async () => (await import("./service-clients.ts")).serviceClients,
  status: async () => (await import("./status.ts")).status,
  verify: async () => (await import("./verify.ts")).verify,
  destinations: async () => (await import("./destinations.ts")).destinations,
  feeds: async () => (await import("./feeds.ts")).feeds,
  deliveries: async () => (await import("./deliveries.ts")).deliveries,
  sales: async () => (await import("./sales-export.ts")).sales,
  accounts: async () => (await import("./accounts.ts")).accounts,
  orders: async () => (await import("./orders.ts")).orders,
  "set-aside": async () => (await import("./set-aside.ts")).setAside,
  support: async () => (await import("./support.ts")).support,
  reconcile: async () => (await import("./reconcile.ts")).reconcile,
};
