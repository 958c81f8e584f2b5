import type { EventEmitter } from "node:events";
import type { BrowserWindowConstructorOptions, CustomScheme, Menu, NativeImage, Rectangle } from "electron";

/** What the program under test has done to the outside, for a test to look at. */
export interface Recorded {
  tray:
    | { image: NativeImage; toolTip: string; menu: Menu | undefined; imagesSet: number; menusSet: number; events: EventEmitter }
    | undefined;
  readonly windows: BrowserWindowConstructorOptions[];
  schemes: CustomScheme[];
  sandboxed: boolean;
  clipboard: string;
  displays: Rectangle[];
  /** Addresses that a page asked for: by what came of it. */
  readonly requests: { url: string; outcome: "served" | "refused" | "prevented" | "left" }[];
  readonly popups: { url: string; outcome: "denied" | "opened" }[];
  readonly downloads: { url: string; outcome: "prevented" | "taken" }[];
  redrawn: number;
}

export const recorded: Recorded = {
  tray: undefined,
  windows: [],
  schemes: [],
  sandboxed: false,
  clipboard: "",
  displays: [{ x: 0, y: 0, width: 1_280, height: 1_024 }],
  requests: [],
  popups: [],
  downloads: [],
  redrawn: 0,
};

/** Where the stand-in keeps what pictures were made of. */
export const imagePaths = new WeakMap<NativeImage, string>();
