import type { ReactNode } from "react";
import type { ScreenProps } from "../screens.ts";
import { SetAsideItem } from "./set-aside-item.tsx";
import { SetAsideList } from "./set-aside-list.tsx";

/** What could not become a sale: all of it, or one by its number. */
export function SetAsideScreen({ rest }: ScreenProps): ReactNode {
  const id = Number(rest[0]);
  return rest[0] !== undefined && Number.isSafeInteger(id) ? <SetAsideItem key={id} id={id} /> : <SetAsideList />;
}
