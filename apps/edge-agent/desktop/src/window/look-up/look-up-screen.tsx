import { LOOK_UP_CHARS_MAX } from "@tillsync/edge-agent/window-api";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { EmptyState } from "../components/empty-state.tsx";
import { Field } from "../components/field.tsx";
import { Loading } from "../components/loading.tsx";
import { useText } from "../language/language-context.tsx";
import { Members } from "./members.tsx";
import { Products } from "./products.tsx";
import { useSettled } from "./use-settled.ts";
import "./look-up.css";

/** One field for whatever a person has in the hand: an article, its code, or a member's card. */
export function LookUpScreen(): ReactNode {
  const text = useText();
  const [wanted, setWanted] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const { asked, askNow } = useSettled(wanted);
  useEffect(() => {
    // After the frame has moved the focus to the heading: a scanner types wherever the focus is.
    const frame = requestAnimationFrame(() => field.current?.focus());
    return () => cancelAnimationFrame(frame);
  }, []);
  const enter = (): void => {
    askNow();
    // The next scan takes this one's place.
    field.current?.select();
  };
  return (
    <div className="stack">
      <Field
        label={text("look-up.field")}
        hint={text("look-up.hint")}
        value={wanted}
        onChange={setWanted}
        onEnter={enter}
        maxLength={LOOK_UP_CHARS_MAX}
        inputMode="search"
        inputRef={field}
      />
      {asked === undefined ? (
        wanted.trim() === "" ? (
          <EmptyState glyph="info">{text("look-up.begin")}</EmptyState>
        ) : (
          <Loading />
        )
      ) : (
        // By the text: nothing of an earlier one stays.
        <div className="stack" key={asked}>
          <Products wanted={asked} />
          <Members wanted={asked} />
        </div>
      )}
    </div>
  );
}
