import { useEffect, useId, useRef, type ReactNode } from "react";
import { useText } from "../language/language-context.tsx";
import { Button } from "./button.tsx";

interface DialogProps {
  readonly title: string;
  readonly children: ReactNode;
  /** Beside "Cancel", which is always there. */
  readonly actions?: ReactNode;
  readonly onClose: () => void;
}

/** A native modal dialog, drawn while it is open: Escape and "Cancel" close it, and the focus goes back to where it was. */
export function Dialog({ title, children, actions, onClose }: DialogProps): ReactNode {
  const text = useText();
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    const shown = dialog.current;
    if (shown?.open === false) shown.showModal();
    return () => {
      shown?.close();
      giveBack(before);
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <h2 id={id}>{title}</h2>
      {children}
      <div className="actions">
        {actions}
        <Button onPress={onClose}>{text(actions === undefined ? "component.close" : "component.cancel")}</Button>
      </div>
    </dialog>
  );
}

/** What opened a dialog may be gone by what was done in it; then the screen's heading is where one goes on. */
function giveBack(before: Element | null): void {
  const to = before?.isConnected === true ? before : document.querySelector("main h1");
  if (to instanceof HTMLElement) to.focus();
}
