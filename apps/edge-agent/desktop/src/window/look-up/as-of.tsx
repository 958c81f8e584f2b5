import type { ReactNode } from "react";
import { useNow } from "../clock/use-now.ts";
import { Notice } from "../components/notice.tsx";
import { useFormats, useText } from "../language/language-context.tsx";

/** How old figures are; null: they have not come down completely yet. */
export function AsOf({ atMs }: { readonly atMs: number | null }): ReactNode {
  const text = useText();
  const formats = useFormats();
  const nowMs = useNow();
  if (atMs === null) return <Notice kind="attention">{text("look-up.not-loaded")}</Notice>;
  return <p className="hint">{text("look-up.as-of", { time: formats.time(atMs, nowMs), age: formats.duration(nowMs - atMs) })}</p>;
}
