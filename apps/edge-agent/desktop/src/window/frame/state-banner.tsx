import { errorText } from "@tillsync/sync-protocol";
import type { ReactNode } from "react";
import { supportCode } from "../../language/support-code.ts";
import { traySentence, type Shown } from "../../language/tray-sentence.ts";
import { CopyButton } from "../components/copy-button.tsx";
import { Glyph } from "../components/glyph.tsx";
import { useForeignText, useFormats, useText } from "../language/language-context.tsx";
import { useSnapshot } from "../port/use-snapshot.ts";

/**
 * Whether the sales are safe: one glyph, one sentence, one button. Figures that change by the second are not read out;
 * another state is.
 */
export function StateBanner({ large }: { readonly large: boolean }): ReactNode {
  const text = useText();
  const foreign = useForeignText();
  const { state, snapshot, last, nowMs } = useSnapshot();
  const when = { nowMs, timeZone: last?.timeZone ?? null };
  const code = "code" in state ? state.code : "";
  return (
    <section className={`state state-${state.kind}${large ? " state-large" : ""}`} data-state={state.kind}>
      <Glyph name={state.kind === "asking" ? "info" : state.kind} large={large} />
      <div className="state-text">
        <p className="state-sentence">{foreign((language) => traySentence(state, language, when))}</p>
        {large ? <StateDetail state={state} /> : null}
        <p role="status" className="visually-hidden">
          {text(`frame.state.${state.kind}`, { code })}
        </p>
      </div>
      <CopyButton textOf={() => supportCode(state, snapshot, nowMs)}>{text("frame.copy-support-code")}</CopyButton>
    </section>
  );
}

function StateDetail({ state }: { readonly state: Shown }): ReactNode {
  const text = useText();
  const formats = useFormats();
  const foreign = useForeignText();
  if (state.kind === "safe" && state.readAgeMs !== null) return <p>{text("frame.read-age", { age: formats.duration(state.readAgeMs) })}</p>;
  if (state.kind === "attention") {
    return (
      <>
        <p>{foreign((language) => errorText(state.code, language).meaning)}</p>
        <p>{foreign((language) => errorText(state.code, language).nextStep)}</p>
      </>
    );
  }
  return null;
}
