import { useState, type ReactNode } from "react";
import { useText } from "../language/language-context.tsx";
import { Button } from "./button.tsx";

type Copied = "no" | "yes" | "refused";

/**
 * Copies a text for whoever helps. Where the page may not write to the clipboard, the text is shown, selected by a tap: a
 * support code that cannot be passed on is none.
 */
export function CopyButton({ textOf, children }: { readonly textOf: () => string; readonly children: ReactNode }): ReactNode {
  const text = useText();
  const [copied, setCopied] = useState<Copied>("no");
  const copy = async (): Promise<void> => {
    setCopied(await write(textOf()));
  };
  return (
    <span className="copy">
      <Button onPress={() => void copy()}>{children}</Button>
      <span role="status">{copied === "yes" ? text("component.copied") : null}</span>
      {copied === "refused" ? (
        <input
          className="copy-text"
          readOnly
          aria-label={text("component.copy-yourself")}
          value={textOf()}
          onFocus={({ target }) => target.select()}
        />
      ) : null}
    </span>
  );
}

async function write(content: string): Promise<Copied> {
  try {
    await navigator.clipboard.writeText(content);
    return "yes";
  } catch {
    return "refused";
  }
}
