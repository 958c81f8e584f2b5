import { useId, type KeyboardEvent, type ReactNode, type Ref } from "react";

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint?: string;
  /** Why what stands there is not taken; read out when it appears. */
  readonly error?: string | undefined;
  readonly maxLength?: number;
  readonly lines?: number;
  readonly inputMode?: "text" | "numeric" | "search";
  readonly onEnter?: () => void;
  readonly inputRef?: Ref<HTMLInputElement>;
}

/** A labelled field for text; `lines` past one makes it a text area. */
export function Field({ label, value, onChange, hint, error, maxLength, lines = 1, inputMode, onEnter, inputRef }: FieldProps): ReactNode {
  const id = useId();
  const described = [hint === undefined ? "" : `${id}-hint`, error === undefined ? "" : `${id}-error`].filter((part) => part !== "");
  const shared = {
    id,
    value,
    maxLength,
    "aria-describedby": described.length === 0 ? undefined : described.join(" "),
    "aria-invalid": error !== undefined,
    autoComplete: "off",
  };
  const enter = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && !event.nativeEvent.isComposing) onEnter?.();
  };
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {hint === undefined ? null : (
        <p id={`${id}-hint`} className="hint">
          {hint}
        </p>
      )}
      {lines > 1 ? (
        <textarea {...shared} rows={lines} onChange={({ target }) => onChange(target.value)} />
      ) : (
        <input {...shared} ref={inputRef} inputMode={inputMode} onKeyDown={enter} onChange={({ target }) => onChange(target.value)} />
      )}
      <p id={`${id}-error`} className="field-error" aria-live="polite">
        {error}
      </p>
    </div>
  );
}
