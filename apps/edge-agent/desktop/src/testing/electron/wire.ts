/**
 * How values cross between page and program. Written as plain JavaScript because the same text runs in the page's worlds. Like
 * structured clone it keeps undefined, dates, maps, sets, bytes and big integers, and refuses functions.
 */
export const WIRE_SOURCE = `(() => {
  const encode = (value) => {
    if (typeof value === "function" || typeof value === "symbol") throw new TypeError("An object could not be cloned.");
    if (value === undefined) return { $: "undefined" };
    if (typeof value === "bigint") return { $: "bigint", v: String(value) };
    if (typeof value === "number" && !Number.isFinite(value)) return { $: "number", v: String(value) };
    if (value === null || typeof value !== "object") return value;
    if (value instanceof Date) return { $: "date", v: value.getTime() };
    if (value instanceof Map) return { $: "map", v: [...value].map(encode) };
    if (value instanceof Set) return { $: "set", v: [...value].map(encode) };
    if (value instanceof Uint8Array) return { $: "bytes", v: [...value] };
    if (Array.isArray(value)) return value.map(encode);
    return { $: "object", v: Object.entries(value).map(([key, part]) => [key, encode(part)]) };
  };
  const decode = (value) => {
    if (value === null || typeof value !== "object") return value;
    if (Array.isArray(value)) return value.map(decode);
    switch (value.$) {
      case "undefined": return undefined;
      case "bigint": return BigInt(value.v);
      case "number": return Number(value.v);
      case "date": return new Date(value.v);
      case "map": return new Map(value.v.map(decode));
      case "set": return new Set(value.v.map(decode));
      case "bytes": return Uint8Array.from(value.v);
      default: return Object.fromEntries(value.v.map(([key, part]) => [key, decode(part)]));
    }
  };
  return { write: (value) => JSON.stringify(encode(value)), read: (text) => decode(JSON.parse(text)) };
})()`;

interface Wire {
  readonly write: (value: unknown) => string;
  readonly read: (text: string) => unknown;
}

// oxlint-disable-next-line no-eval -- our own text, the same that the page runs
export const wire = (0, eval)(WIRE_SOURCE) as Wire;
