import type { SetAsideFull } from "@tillsync/edge-agent/window-api";
import type { ReactNode } from "react";
import { useText } from "../language/language-context.tsx";

/** What is kept of an item, as text and never as markup; the keyboard reaches and scrolls it. */
export function KeptBytes({ item }: { readonly item: SetAsideFull }): ReactNode {
  const text = useText();
  const content = item.text ?? item.base64;
  if (content === null || content === "") return <p>{text("set-aside.kept-nothing")}</p>;
  return (
    <>
      {item.text === null ? <p>{text("set-aside.kept-bytes")}</p> : null}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by the keyboard */}
      <pre className="kept" role="region" tabIndex={0} aria-label={text("set-aside.kept")}>
        {content}
      </pre>
      {item.cut ? <p>{text("set-aside.kept-cut")}</p> : null}
    </>
  );
}
