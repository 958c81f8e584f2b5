import { NOTE_CHARS_MAX, type HandedAnswer } from "@tillsync/edge-agent/window-api";
import { useState, type ReactNode } from "react";
import { Button } from "../components/button.tsx";
import { CopyButton } from "../components/copy-button.tsx";
import { Dialog } from "../components/dialog.tsx";
import { ErrorNotice } from "../components/error-notice.tsx";
import { Field } from "../components/field.tsx";
import { useText } from "../language/language-context.tsx";
import { useAction } from "../port/use-answer.ts";

interface HandToItProps {
  readonly ids: readonly number[];
  readonly label: string;
}

/**
 * Hands items to IT with a note, and shows the number that a person tells on the phone until it is closed: also when
 * nothing is left to hand over then.
 */
export function HandToIt({ ids, label }: HandToItProps): ReactNode {
  const [handing, setHanding] = useState<readonly number[]>();
  return (
    <>
      {ids.length === 0 ? null : (
        <div className="actions">
          <Button onPress={() => setHanding(ids)}>{label}</Button>
        </div>
      )}
      {handing === undefined ? null : <HandDialog ids={handing} onClose={() => setHanding(undefined)} />}
    </>
  );
}

/** Works on the items that were there when it was opened: the list behind it may have changed since. */
function HandDialog({ ids, onClose }: { readonly ids: readonly number[]; readonly onClose: () => void }): ReactNode {
  const text = useText();
  const [note, setNote] = useState("");
  const { mutate, data, error, isPending, isError } = useAction("set-aside-hand-to-it");
  if (data !== undefined) return <Handed answer={data} onClose={onClose} />;
  return (
    <Dialog
      title={text("set-aside.hand")}
      onClose={onClose}
      actions={
        <Button kind="main" busy={isPending} onPress={() => mutate({ ids: [...ids], note })}>
          {text("set-aside.hand")}
        </Button>
      }
    >
      <p>{text("set-aside.hand-explained", { n: ids.length })}</p>
      <Field
        label={text("set-aside.note")}
        hint={text("set-aside.note-hint")}
        value={note}
        onChange={setNote}
        lines={4}
        maxLength={NOTE_CHARS_MAX}
      />
      {isError ? <ErrorNotice error={error} /> : null}
    </Dialog>
  );
}

function Handed({ answer, onClose }: { readonly answer: HandedAnswer; readonly onClose: () => void }): ReactNode {
  const text = useText();
  return (
    <Dialog title={text("set-aside.handed-title")} onClose={onClose}>
      <div role="status" className="stack">
        <p>{text("set-aside.handed-number")}</p>
        <p className="big-number">{answer.supportNumber}</p>
        <p>{text(answer.sent ? "set-aside.handed-sent" : "set-aside.handed-kept")}</p>
      </div>
      <CopyButton textOf={() => answer.supportNumber}>{text("set-aside.copy-number")}</CopyButton>
    </Dialog>
  );
}
