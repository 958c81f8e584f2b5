import type { ReactNode } from "react";
import { useText } from "../language/language-context.tsx";

export function Loading(): ReactNode {
  const text = useText();
  return <p className="loading">{text("component.loading")}</p>;
}
