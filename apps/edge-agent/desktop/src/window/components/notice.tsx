import type { ReactNode } from "react";
import { Glyph, type GlyphName } from "./glyph.tsx";

/** Something that a person should know beside what is shown. `failed` is read out at once, the others when there is time. */
export function Notice({
  kind,
  children,
}: {
  readonly kind: "info" | "safe" | "attention" | "failed";
  readonly children: ReactNode;
}): ReactNode {
  const glyph: GlyphName = kind;
  return (
    <div className={`notice notice-${kind}`} role={kind === "failed" ? "alert" : "status"}>
      <Glyph name={glyph} />
      <div className="notice-text">{children}</div>
    </div>
  );
}
