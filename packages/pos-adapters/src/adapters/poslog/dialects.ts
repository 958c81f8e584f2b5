import { vendorOf } from "./namespaces.ts";

export const dialectNames = ["generic-2", "generic-6", "ncr-acs", "retalix-r10", "wincor", "xstore", "roqqio"] as const;
export type DialectName = (typeof dialectNames)[number];

/**
 * What a voided line looks like. `signed`: a line of its own with opposite signs, counted as it stands (NCR).
 * `reversal`: a line of its own that repeats the amounts with the same sign and points back (Wincor).
 * `in-place`: the flag marks the original line itself, which then does not count (Xstore).
 */
export type VoidStyle = "signed" | "reversal" | "in-place";

/** The habits of one vendor's POSLog. */
export interface Dialect {
  readonly name: DialectName;
  readonly voidStyle: VoidStyle;
  /** Whether a tax that does not say so is in the price. */
  readonly taxIncluded: boolean;
  /** Whether price changes told on a line are outside `ExtendedAmount`. */
  readonly modifiersOnTop: boolean;
  /** Unit of items weighed, where the line gives none. */
  readonly weightUnit: string;
  /** Further ways to read a receipt that does not balance, tried in order: a vendor whose files are known has none. */
  readonly exact: boolean;
}

const base = { voidStyle: "signed", taxIncluded: false, modifiersOnTop: false, weightUnit: "KG", exact: false } as const;

export const dialects: Readonly<Record<DialectName, Dialect>> = {
  "generic-2": { ...base, name: "generic-2" },
  "generic-6": { ...base, name: "generic-6" },
  "ncr-acs": { ...base, name: "ncr-acs", weightUnit: "LB", exact: true },
  "retalix-r10": { ...base, name: "retalix-r10", taxIncluded: true },
  wincor: { ...base, name: "wincor", voidStyle: "reversal", taxIncluded: true },
  xstore: { ...base, name: "xstore", voidStyle: "in-place" },
  roqqio: { ...base, name: "roqqio", taxIncluded: true },
};

const byVendor: Readonly<Record<string, DialectName>> = {
  acs: "ncr-acs",
  WN: "wincor",
  r10Ex: "retalix-r10",
  dtv: "xstore",
  fu: "roqqio",
};

/** The dialect of a document: by the namespaces it declares, else by its major version. */
export function recogniseDialect(uris: Iterable<string>, majorVersion: string | undefined): DialectName {
  for (const uri of uris) {
    const vendor = vendorOf(uri);
    if (vendor !== undefined && byVendor[vendor] !== undefined) return byVendor[vendor];
  }
  return majorVersion !== undefined && Number.parseInt(majorVersion, 10) >= 3 ? "generic-6" : "generic-2";
}
