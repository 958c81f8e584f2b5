import { errorText } from "@tillsync/sync-protocol";
import type { ReactNode } from "react";
import { useForeignText, useText } from "../language/language-context.tsx";
import { asAskError } from "../port/ask-error.ts";
import { Button } from "./button.tsx";
import { Notice } from "./notice.tsx";

/** What a code means and what to do next, in the person's language, with the code itself for whoever helps. */
export function CodeText({ code, detail }: { readonly code: string; readonly detail?: string | null | undefined }): ReactNode {
  const text = useText();
  const foreign = useForeignText();
  const meaning = foreign((language) => errorText(code, language).meaning);
  const nextStep = foreign((language) => errorText(code, language).nextStep);
  return (
    <>
      <p className="code-meaning">{meaning}</p>
      <p>{nextStep}</p>
      <p className="code-line">
        <span>{text("component.code", { code })}</span>
        {detail === null || detail === undefined || detail === "" ? null : <span>{text("component.detail", { detail })}</span>}
      </p>
    </>
  );
}

/** What went wrong with a question or an act. `onAgain` offers to try it once more. */
export function ErrorNotice({ error, onAgain }: { readonly error: unknown; readonly onAgain?: () => void }): ReactNode {
  const text = useText();
  const { code, detail } = asAskError(error);
  return (
    <Notice kind="failed">
      <CodeText code={code} detail={detail} />
      {onAgain === undefined ? null : <Button onPress={onAgain}>{text("component.again")}</Button>}
    </Notice>
  );
}
