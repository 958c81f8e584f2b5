/* `node --import` of this file gives a program that imports `electron` the stand-in instead. */
import { registerHooks } from "node:module";

const standIn = new URL("./index.ts", import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "electron" ? { url: standIn, format: "module-typescript", shortCircuit: true } : next(specifier, context),
});
