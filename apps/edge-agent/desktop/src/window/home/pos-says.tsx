import type { TillDay } from "@tillsync/edge-agent/window-api";
import type { ReactNode } from "react";
import { Money } from "../components/figures.tsx";
import { Glyph } from "../components/glyph.tsx";
import { useFormats, useText } from "../language/language-context.tsx";

/** The totals of the POS's latest report for that day. */
export function PosSays({ till }: { readonly till: TillDay }): ReactNode {
  const text = useText();
  const { pos, currency, exponent } = till;
  if (pos === null) return text("component.none");
  return (
    <>
      {pos.grand === null ? null : (
        <div>
          <Money minor={pos.grand} currency={currency} exponent={exponent} />
        </div>
      )}
      {pos.count === null ? null : <div>{text("home.report.count", { n: pos.count })}</div>}
      <div className="hint">{text(`home.report.${pos.kind}`, { number: pos.reportNumber ?? "" })}</div>
    </>
  );
}

const GLYPHS = { equal: ["safe", "ok"], differs: ["attention", "bad"], "no-report": ["info", "plain"] } as const;

/** Whether the POS and what was captured up to its report say the same: shape and words, never colour alone. */
export function Compared({ till }: { readonly till: TillDay }): ReactNode {
  const text = useText();
  const formats = useFormats();
  const { agrees, pos, currency, exponent } = till;
  const [glyph, tone] = GLYPHS[agrees];
  const here = pos === null ? "" : formats.money(pos.grossThen, currency, exponent);
  return (
    <span className={`with-glyph glyph-tone-${tone}`}>
      <Glyph name={glyph} />
      <span>{text(`home.${agrees}`, { here })}</span>
    </span>
  );
}
