import type { ReactNode } from "react";
import { useText } from "../language/language-context.tsx";
import { Button } from "./button.tsx";

/** Pages of a list, the latest first; a direction that leads nowhere is not offered. */
export function Pager({
  onNewer,
  onOlder,
}: {
  readonly onNewer?: (() => void) | undefined;
  readonly onOlder?: (() => void) | undefined;
}): ReactNode {
  const text = useText();
  if (onNewer === undefined && onOlder === undefined) return null;
  return (
    <nav className="actions" aria-label={text("component.pages")}>
      {onNewer === undefined ? null : <Button onPress={onNewer}>{text("component.newer")}</Button>}
      {onOlder === undefined ? null : <Button onPress={onOlder}>{text("component.older")}</Button>}
    </nav>
  );
}
