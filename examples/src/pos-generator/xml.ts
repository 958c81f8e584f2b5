/** An element of an XML document, or text. `undefined` children are left out. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | undefined>>;
  readonly children: readonly (Element | undefined)[];
  readonly text?: string;
}

/** An element that holds elements. */
export const element = (
  name: string,
  attributes: Readonly<Record<string, string | undefined>>,
  children: readonly (Element | undefined)[],
): Element => ({ name, attributes, children });

/** An element that holds text. */
export const text = (name: string, value: string | number, attributes: Readonly<Record<string, string | undefined>> = {}): Element => ({
  name,
  attributes,
  children: [],
  text: String(value),
});

/** Indented XML, text and attributes escaped, with a line break at the end. */
export function printElement(node: Element, depth = 0): string {
  const indent = "  ".repeat(depth);
  const attributes = Object.entries(node.attributes)
    .flatMap(([name, value]) => (value === undefined ? [] : [` ${name}="${escape(value)}"`]))
    .join("");
  if (node.text !== undefined) return `${indent}<${node.name}${attributes}>${escape(node.text)}</${node.name}>\n`;
  const inner = node.children.map((child) => (child === undefined ? "" : printElement(child, depth + 1))).join("");
  return inner === ""
    ? `${indent}<${node.name}${attributes}/>\n`
    : `${indent}<${node.name}${attributes}>\n${inner}${indent}</${node.name}>\n`;
}

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escape = (value: string): string => value.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? character);
