export * from "./care.ts";
export * from "./content-security-policy.ts";
export * from "./day.ts";
export * from "./look-up.ts";
export * from "./methods.ts";
export * from "./set-aside.ts";
export * from "./snapshot.ts";
export * from "./tray-state.ts";
