/**
 * An object of Electron's with the members that the stand-in has, each typed as Electron's own. Whoever reaches for
 * another one hears of it at once: nothing is quietly undefined.
 */
export function strict<T extends object, K extends keyof T>(name: string, members: Pick<T, K>): T {
  return new Proxy(members, {
    get: (target, key, receiver) => {
      if (Reflect.has(target, key)) return Reflect.get(target, key, receiver) as unknown;
      if (typeof key === "symbol" || key === "then" || key === "toJSON") return undefined;
      throw new Error(`the stand-in has no ${name}.${key}`);
    },
  }) as unknown as T;
}

/** The same for a class: instances know what `Made` knows, and there are no statics. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- names the class of Electron's that is taken for
export function strictClass<Args extends unknown[], Made extends object, Real>(name: string, make: (...args: Args) => Made): Real {
  return new Proxy(Object, {
    construct: (_target, args) => make(...(args as Args)),
    get: (_target, key) => {
      throw new Error(`the stand-in has no ${name}.${String(key)}`);
    },
  }) as unknown as Real;
}
