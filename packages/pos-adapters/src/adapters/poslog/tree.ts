import type { XmlNode } from "./read-tree.ts";

/** First child of that name. */
export const child = (node: XmlNode | undefined, name: string): XmlNode | undefined => node?.children.find((c) => c.name === name);

/** All children of that name. */
export const children = (node: XmlNode | undefined, name: string): readonly XmlNode[] =>
  node?.children.filter((c) => c.name === name) ?? [];

/** Text of the first child of that name, `undefined` when there is none or it is empty. */
export const textOf = (node: XmlNode | undefined, name: string): string | undefined => plain(child(node, name)?.text);

/** First of the names whose child has a text. */
export function firstText(node: XmlNode | undefined, names: readonly string[]): string | undefined {
  for (const name of names) {
    const text = textOf(node, name);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** Value of an attribute, `undefined` when there is none or it is empty. */
export const attributeOf = (node: XmlNode | undefined, name: string): string | undefined => plain(node?.attributes[name]);

/** Whether any of the attributes is set: XML writes true as `true` or `1`, POS systems also as `Y`. */
export const isFlagged = (node: XmlNode | undefined, names: readonly string[]): boolean =>
  names.some((name) => /^(true|1|y|yes)$/i.test((attributeOf(node, name) ?? textOf(node, name) ?? "").trim()));

/** Depth-first search below a node. */
export function find(node: XmlNode | undefined, name: string): XmlNode | undefined {
  for (const c of node?.children ?? []) {
    const found = c.name === name ? c : find(c, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The name without its vendor. */
export const localNameOf = (node: XmlNode): string => node.name.slice(node.name.indexOf(":") + 1);

/** An id of the POS: trimmed and cut to the model's length. */
export const idText = (text: string | undefined): string | undefined => plain(text?.slice(0, 100));

const plain = (text: string | undefined): string | undefined => {
  const trimmed = text?.trim();
  return trimmed === undefined || trimmed === "" ? undefined : trimmed;
};
