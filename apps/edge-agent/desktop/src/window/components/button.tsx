import type { ReactNode } from "react";

interface ButtonProps {
  readonly children: ReactNode;
  readonly onPress: () => void;
  /** `main`: what a person most likely came for; `danger`: money, goods or reading stop with it. */
  readonly kind?: "plain" | "main" | "danger";
  /** Something is under way: pressing again does nothing, the focus stays. */
  readonly busy?: boolean;
  /** For whoever does not see what stands beside it. */
  readonly label?: string;
}

/** A native button; `aria-disabled` instead of `disabled`, which would lose the focus. */
export function Button({ children, onPress, kind = "plain", busy = false, label }: ButtonProps): ReactNode {
  const press = (): void => {
    if (!busy) onPress();
  };
  return (
    <button type="button" className={`button button-${kind}`} onClick={press} aria-disabled={busy} aria-label={label}>
      {children}
    </button>
  );
}
