import type { ReactNode } from "react";
import { useText } from "../language/language-context.tsx";
import { useSnapshotPart } from "../port/use-snapshot.ts";

/** Whose window this is. */
export function Header(): ReactNode {
  const text = useText();
  const whose = useSnapshotPart(({ storeName, storeId, terminalId }) => ({ store: storeName ?? storeId, terminalId }));
  const store = whose?.store ?? null;
  const terminal = whose?.terminalId ?? null;
  return (
    <header className="window-head">
      <span className="store">{store === null ? null : text("frame.store", { store })}</span>
      <span className="terminal">{terminal === null ? null : text("frame.terminal", { terminal })}</span>
    </header>
  );
}
