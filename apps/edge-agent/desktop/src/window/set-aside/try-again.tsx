import type { RetryAnswer } from "@tillsync/edge-agent/window-api";
import type { ReactNode } from "react";
import { Button } from "../components/button.tsx";
import { CodeText, ErrorNotice } from "../components/error-notice.tsx";
import { Notice } from "../components/notice.tsx";
import { useText } from "../language/language-context.tsx";
import { useAction } from "../port/use-answer.ts";

/** Reads items again, as the agent is configured now, and says what has come of it. */
export function TryAgain({ ids, label }: { readonly ids: readonly number[]; readonly label: string }): ReactNode {
  const text = useText();
  const { mutate, data, error, isPending, isError } = useAction("set-aside-try-again");
  return (
    <>
      {ids.length === 0 ? null : (
        <div className="actions">
          <Button kind="main" busy={isPending} onPress={() => mutate({ ids: [...ids] })}>
            {isPending ? text("set-aside.trying") : label}
          </Button>
        </div>
      )}
      {isError ? <ErrorNotice error={error} /> : null}
      {data === undefined ? null : <Outcome answer={data} />}
    </>
  );
}

function Outcome({ answer }: { readonly answer: RetryAnswer }): ReactNode {
  const text = useText();
  const open = answer.items.filter(({ state }) => state === "open");
  if (open.length === 0) {
    const n = answer.items.reduce((sum, { transactions }) => sum + transactions, 0);
    return (
      <Notice kind="safe">
        <p>{text("set-aside.tried-ok", { n })}</p>
      </Notice>
    );
  }
  const code = open[0]?.code ?? null;
  return (
    <Notice kind="attention">
      <p>{text("set-aside.tried-open", { open: open.length, done: answer.items.length - open.length })}</p>
      {code === null ? null : <CodeText code={code} detail={open[0]?.detail} />}
    </Notice>
  );
}
