import type { ReactNode } from "react";
import { Glyph, type GlyphName } from "./glyph.tsx";

/** Says that there is nothing, where a list would stand. */
export function EmptyState({ glyph = "safe", children }: { readonly glyph?: GlyphName; readonly children: ReactNode }): ReactNode {
  return (
    <div className="empty-state">
      <Glyph name={glyph} large />
      <p>{children}</p>
    </div>
  );
}
