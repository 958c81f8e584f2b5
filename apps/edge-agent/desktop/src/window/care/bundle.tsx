import type { BundleAnswer } from "@tillsync/edge-agent/window-api";
import type { ReactNode } from "react";
import { Button } from "../components/button.tsx";
import { ErrorNotice } from "../components/error-notice.tsx";
import { Notice } from "../components/notice.tsx";
import { Panel } from "../components/panel.tsx";
import { useFormats, useText } from "../language/language-context.tsx";
import { useAction } from "../port/use-answer.ts";
import { saveFile } from "./save-file.ts";

/** Makes an archive for whoever helps and gives it to the person as a file. */
export function Bundle(): ReactNode {
  const text = useText();
  const { mutate, data, error, isPending, isError } = useAction("support-bundle");
  return (
    <Panel title={text("care.bundle")}>
      <p>{text("care.bundle-explained")}</p>
      <div className="actions">
        <Button busy={isPending} onPress={() => mutate({}, { onSuccess: saveFile })}>
          {text(isPending ? "care.bundle-making" : "care.bundle-make")}
        </Button>
      </div>
      {isError ? <ErrorNotice error={error} /> : null}
      {data === undefined ? null : <Saved bundle={data} />}
    </Panel>
  );
}

function Saved({ bundle: { fileName, base64 } }: { readonly bundle: BundleAnswer }): ReactNode {
  const text = useText();
  const formats = useFormats();
  return (
    <Notice kind="safe">
      <p>{text("care.bundle-done", { file: fileName, size: formats.bytes(Math.floor((base64.length * 3) / 4)) })}</p>
    </Notice>
  );
}
