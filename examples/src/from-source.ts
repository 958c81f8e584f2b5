/* Lets the examples run from a clone with nothing built: the packages resolve to their TypeScript sources. */
import { registerHooks } from "node:module";

registerHooks({
  resolve: (specifier, context, next) => next(specifier, { ...context, conditions: [...context.conditions, "tillsync-source"] }),
});
