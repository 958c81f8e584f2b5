import { TillsyncError } from "@tillsync/sync-protocol";
import { SaxesParser } from "saxes";
import { XML_ATTRIBUTES_MAX, XML_DEPTH_MAX, XML_ELEMENTS_MAX, XML_TEXT_MAX } from "../../kit/limits.ts";
import { resolveName, scopeOfRecord, type Namespaces } from "./namespaces.ts";

/** An element of a record. `name` is the plain local name for ARTS elements, `acs:Name` for those of a known vendor. */
export interface XmlNode {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlNode[];
  readonly text: string;
}

interface OpenNode {
  name: string;
  attributes: Record<string, string>;
  children: XmlNode[];
  text: string;
  scope: Namespaces;
}

const NO_ATTRIBUTES: Readonly<Record<string, string>> = {};

/**
 * Elements that are never kept, with all that is in them: pictures of receipts and signatures (personal, and large),
 * and measurements of people at work. Dropped while reading, so that they never exist as values.
 */
const DROPPED: ReadonlySet<string> = new Set([
  "ReceiptImage",
  "svg",
  "ElectronicSignature",
  "SignatureImage",
  "Signature",
  "PerformanceMetrics",
  "TransactionMeasures",
  "TaxDefinitions",
  "Address",
  "Name",
  "BirthDate",
  "TelephoneNumber",
  "EMail",
]);

/**
 * Reads one record as a tree. Throws `capture.malformed` when it is not well formed or names an entity that is not one of
 * XML's own five, `capture.dtd-refused` for a document type, `capture.too-complex` past the limits. Nothing is expanded
 * but character references and the five.
 */
export function readTree(xml: string, outer: Namespaces): XmlNode {
  const parser = new SaxesParser({ xmlns: false, position: false });
  const stack: OpenNode[] = [];
  const guard = { elements: 0, dropDepth: 0, depth: 0 };
  let root: XmlNode | undefined;
  parser.on("error", (error) => {
    throw new TillsyncError("capture.malformed", /undefined entity/.test(error.message) ? "undefined entity" : "not well formed", {
      cause: error,
    });
  });
  parser.on("doctype", () => {
    throw new TillsyncError("capture.dtd-refused");
  });
  parser.on("opentag", (tag) => {
    checkLimits(guard, tag.attributes);
    if (guard.dropDepth > 0) return;
    const parent = stack.at(-1);
    const declared = scopeOf(tag.attributes, parent?.scope ?? outer);
    const scope = parent === undefined ? scopeOfRecord(tag.name, declared) : declared;
    const name = resolveName(tag.name, scope);
    if (DROPPED.has(name.slice(name.indexOf(":") + 1))) {
      guard.dropDepth = guard.depth;
      return;
    }
    stack.push({ name, attributes: readAttributes(tag.attributes, scope), children: [], text: "", scope });
  });
  const addText = (text: string): void => {
    const top = stack.at(-1);
    if (guard.dropDepth > 0 || top === undefined) return;
    top.text += text;
    if (top.text.length > XML_TEXT_MAX) throw new TillsyncError("capture.too-complex", `text of ${top.name}`);
  };
  parser.on("text", addText);
  parser.on("cdata", addText);
  parser.on("closetag", () => {
    const depth = guard.depth;
    guard.depth -= 1;
    if (guard.dropDepth > 0) {
      if (guard.dropDepth === depth) guard.dropDepth = 0;
      return;
    }
    const done = stack.pop();
    if (done === undefined) return;
    const node: XmlNode = { name: done.name, attributes: done.attributes, children: done.children, text: done.text.trim() };
    const parent = stack.at(-1);
    if (parent === undefined) root = node;
    else parent.children.push(node);
  });
  parser.write(xml).close();
  if (root === undefined) throw new TillsyncError("capture.malformed", "record");
  return root;
}

function checkLimits(guard: { elements: number; depth: number }, attributes: Record<string, string>): void {
  guard.elements += 1;
  guard.depth += 1;
  if (guard.elements > XML_ELEMENTS_MAX) throw new TillsyncError("capture.too-complex", "elements");
  if (guard.depth > XML_DEPTH_MAX) throw new TillsyncError("capture.too-complex", "depth");
  let count = 0;
  for (const name in attributes) {
    count += 1;
    if ((attributes[name]?.length ?? 0) > XML_TEXT_MAX) throw new TillsyncError("capture.too-complex", "attribute");
  }
  if (count > XML_ATTRIBUTES_MAX) throw new TillsyncError("capture.too-complex", "attributes");
}

function scopeOf(attributes: Record<string, string>, outer: Namespaces): Namespaces {
  let declared: Record<string, string> | undefined;
  for (const name in attributes) {
    if (!name.startsWith("xmlns")) continue;
    declared ??= {};
    declared[name === "xmlns" ? "" : name.slice(6)] = attributes[name] ?? "";
  }
  return declared === undefined ? outer : { ...outer, uris: { ...outer.uris, ...declared }, names: new Map() };
}

function readAttributes(attributes: Record<string, string>, scope: Namespaces): Record<string, string> {
  let own: Record<string, string> | undefined;
  for (const name in attributes) {
    if (name.startsWith("xmlns")) continue;
    own ??= {};
    // An attribute without prefix belongs to its element, whatever the default namespace is.
    own[name.includes(":") ? resolveName(name, scope) : name] = attributes[name] ?? "";
  }
  return own ?? NO_ATTRIBUTES;
}
