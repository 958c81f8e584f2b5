import type { ReactNode } from "react";

/** A shape for each thing that is told, so that colour never is what tells it. */
const SHAPES = {
  /** A circle with a tick. */
  safe: ["M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20z", "M7 12.5l3.5 3.5L17 9"],
  /** An arrow up, out of a box that is open above. */
  sending: ["M4 13v8h16v-8", "M12 17V3M6.5 8.5L12 3l5.5 5.5"],
  /** A box that is closed: kept here. */
  offline: ["M3 7h18v14H3z", "M3 7l3-4h12l3 4M9 12h6"],
  /** A triangle with a mark. */
  attention: ["M12 2.5L22.5 21h-21z", "M12 9v5.5M12 17.6v.4"],
  /** A clock. */
  update: ["M5 3h14v18H5z", "M12 8v4.5l3 2"],
  /** A circle with an i. */
  info: ["M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20z", "M12 11v6M12 7.2v.4"],
  /** A square with a cross. */
  failed: ["M3 3h18v18H3z", "M8 8l8 8M16 8l-8 8"],
  /** Two bars. */
  paused: ["M6 4h4v16H6zM14 4h4v16h-4z", ""],
} as const;

export type GlyphName = keyof typeof SHAPES;

/** Decoration: what it means always stands beside it in words. */
export function Glyph({ name, large = false }: { readonly name: GlyphName; readonly large?: boolean }): ReactNode {
  const [body, mark] = SHAPES[name];
  return (
    <svg className={`glyph glyph-${name}${large ? " glyph-large" : ""}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path className="glyph-body" d={body} />
      <path className="glyph-mark" d={mark} />
    </svg>
  );
}
