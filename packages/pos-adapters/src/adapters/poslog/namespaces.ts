/** The prefixes in force, and the names already resolved under them. */
export interface Namespaces {
  readonly uris: Readonly<Record<string, string>>;
  readonly names: Map<string, string>;
  /** The namespace of the records themselves: whatever it is, in it stand the ARTS words. */
  readonly core?: string;
}

/** Namespaces of vendors by a part of their address, with the prefix that our names of them carry. */
const VENDORS: ReadonlyArray<readonly [part: string, prefix: string]> = [
  ["ncr.com/rsd/acs", "acs"],
  ["wincor-nixdorf.com", "WN"],
  ["retalix.com/extensions", "r10Ex"],
  ["datavantagecorp.com/xstore", "dtv"],
  ["futura4retail.com", "fu"],
];

/** The vendor whose namespace this is, if we know it. */
export const vendorOf = (uri: string): string | undefined => {
  const plain = uri.toLowerCase();
  return VENDORS.find(([part]) => plain.includes(part))?.[1];
};

/** ARTS has had several addresses (nrf-arts.org, omg.org); POS systems write them with and without a last slash, or none. */
const isArts = (uri: string): boolean => uri === "" || /nrf-arts\.org|omg\.org|ixretail/i.test(uri);

/**
 * The name by which the mapping knows an element or attribute: plain for ARTS, `vendor:Name` for a known vendor, the
 * document's own prefix for anything else. A prefix that nobody declared is taken as it is: POS exports do that.
 */
export function resolveName(qualified: string, scope: Namespaces): string {
  const known = scope.names.get(qualified);
  if (known !== undefined) return known;
  const colon = qualified.indexOf(":");
  const prefix = colon < 0 ? "" : qualified.slice(0, colon);
  const local = qualified.slice(colon + 1);
  const uri = scope.uris[prefix] ?? (prefix === "" ? "" : undefined);
  const vendor = uri === undefined ? undefined : vendorOf(uri);
  const name =
    uri !== undefined && (isArts(uri) || uri === scope.core) ? local : `${vendor ?? (prefix === "" ? "other" : prefix)}:${local}`;
  scope.names.set(qualified, name);
  return name;
}

/** The scope of a record: its own namespace counts as that of the ARTS words. */
export function scopeOfRecord(qualified: string, scope: Namespaces): Namespaces {
  const colon = qualified.indexOf(":");
  const core = scope.uris[colon < 0 ? "" : qualified.slice(0, colon)];
  return core === undefined || core === scope.core ? scope : { uris: scope.uris, names: new Map(), core };
}

/** Namespaces and plain attributes of start tags that stand around the records, outermost first. */
export function readWrappers(tags: readonly string[]): { scope: Namespaces; attributes: Record<string, string> } {
  const uris: Record<string, string> = {};
  const attributes: Record<string, string> = {};
  for (const tag of tags) {
    for (const match of tag.matchAll(/([^\s"'<>/=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)) {
      const [, name = "", double, single] = match;
      const value = double ?? single ?? "";
      if (name === "xmlns") uris[""] = value;
      else if (name.startsWith("xmlns:")) uris[name.slice(6)] = value;
      else attributes[name] = value;
    }
  }
  return { scope: { uris, names: new Map() }, attributes };
}
