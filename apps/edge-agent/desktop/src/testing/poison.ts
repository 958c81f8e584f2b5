/** Markup that marks the page as soon as anything takes it for more than text, in the ways that are known. */
export const PAYLOAD = [
  `"'><img src=x onerror="globalThis.taken=1">`,
  `<script>globalThis.taken=1</script>`,
  `<svg onload=globalThis.taken=1>`,
  `<iframe srcdoc="<script>parent.taken=1</script>"></iframe>`,
  `<a href="javascript:globalThis.taken=1">x</a>`,
  "{n, plural, one {<b>} other {'}} ${globalThis.taken=1} \u202egnp.exe\u0000\u001b[31m",
].join("");

/** Fields whose texts come from stores, products, files, adapters and people. */
export const FREE: ReadonlySet<string> = new Set(
  (
    "storeName terminalId storeId agentVersion timeZone name phone about detail place adapter reason store workstation source text " +
    "fileName supportNumber reportNumber nextStep version code"
  ).split(" "),
);

/** The same answer with the payload behind every text that others wrote. */
export function poison<T>(value: T): T {
  if (Array.isArray(value)) return value.map((item) => poison(item as unknown)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, poisonField(key, field)])) as T;
}

function poisonField(key: string, field: unknown): unknown {
  if (typeof field !== "string" || !FREE.has(key)) return poison(field);
  // A code is at most 100 characters; it is an error of the agent's own, or of a newer one.
  return key === "code" ? `${field}<img src=x onerror=globalThis.taken=1>` : field + PAYLOAD;
}
