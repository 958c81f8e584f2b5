import { lazy, type ComponentType } from "react";
import type { MessageId } from "./language/catalogue.ts";

/** What a screen is given: the parts of the address behind its id. */
export interface ScreenProps {
  readonly rest: readonly string[];
}

/** `title` is its name in the navigation and its heading. The frame draws the heading; a screen begins below it. */
export interface Screen {
  readonly id: string;
  readonly title: MessageId;
  readonly view: ComponentType<ScreenProps>;
}

/** All screens in the order of the navigation; the first is the one that opens. */
export const screens: readonly Screen[] = [
  { id: "home", title: "home.title", view: lazy(async () => ({ default: (await import("./home/home-screen.tsx")).HomeScreen })) },
  { id: "orders", title: "orders.title", view: lazy(async () => ({ default: (await import("./orders/orders-screen.tsx")).OrdersScreen })) },
  {
    id: "look-up",
    title: "look-up.title",
    view: lazy(async () => ({ default: (await import("./look-up/look-up-screen.tsx")).LookUpScreen })),
  },
  {
    id: "set-aside",
    title: "set-aside.title",
    view: lazy(async () => ({ default: (await import("./set-aside/set-aside-screen.tsx")).SetAsideScreen })),
  },
  {
    id: "sources",
    title: "sources.title",
    view: lazy(async () => ({ default: (await import("./sources/sources-screen.tsx")).SourcesScreen })),
  },
  {
    id: "history",
    title: "history.title",
    view: lazy(async () => ({ default: (await import("./history/history-screen.tsx")).HistoryScreen })),
  },
  { id: "care", title: "care.title", view: lazy(async () => ({ default: (await import("./care/care-screen.tsx")).CareScreen })) },
];
