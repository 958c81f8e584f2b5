import { app, clipboard } from "electron";
import { pickLanguage, type Language } from "../language/languages.ts";
import { supportCode } from "../language/support-code.ts";
import { traySentence, type Shown } from "../language/tray-sentence.ts";
import { heardSnapshot, judgeHeard } from "./agent/judge-heard.ts";
import type { Heard } from "./agent/watch-agent.ts";
import { autostart } from "./settings/autostart.ts";
import { readSettings, writeSettings } from "./settings/settings.ts";
import { hasTrayHost } from "./tray/has-tray-host.ts";
import { windowIcon } from "./tray/icon-of.ts";
import { showTray, type TrayView } from "./tray/show-tray.ts";
import type { MenuActions } from "./tray/tray-menu.ts";
import { after } from "./window/after.ts";
import type { WindowKeeper } from "./window/keep-window.ts";

/** A panel may start after this program, or again: it is looked for until it is found, and less and less often. */
const LOOK_FIRST_MS = 5_000;
const LOOK_MAX_MS = 300_000;

export interface DisplayOptions {
  readonly icons: string;
  readonly settingsPath: string;
  readonly window: Pick<WindowKeeper, "open" | "dress">;
}

export interface Display {
  readonly show: (heard: Heard) => void;
  readonly hasTray: () => boolean;
  readonly findTrayHost: () => Promise<void>;
  readonly stop: () => void;
}

/** What a person sees of the state outside the page: the tray's icon and menu, and the window's title and icon. */
export function makeDisplay({ icons, settingsPath, window }: DisplayOptions): Display {
  const starts = autostart();
  let settings = readSettings(settingsPath);
  let heard: Heard = { kind: "asking", sinceMs: performance.now() };
  let tray: TrayView | undefined;
  let titled = "";
  let callOff = (): void => undefined;

  const judge = (): Shown => judgeHeard(heard, { nowMs: Date.now(), steadyMs: performance.now() });
  const choose = (language: Language | null): void => {
    settings = { ...settings, language };
    writeSettings(settingsPath, settings);
    draw();
  };
  const actions: MenuActions = {
    open: window.open,
    copySupportCode: () => void clipboard.writeText(supportCode(judge(), heardSnapshot(heard), Date.now())),
    chooseLanguage: choose,
    startWithSession: (on) => {
      starts.set(on);
      tray?.menuTouched();
      draw();
    },
    quit: () => app.quit(),
  };

  function draw(): void {
    const shown = judge();
    const language = settings.language ?? pickLanguage(app.getPreferredSystemLanguages());
    const timeZone = heardSnapshot(heard)?.timeZone ?? null;
    const sentence = traySentence(shown, language, { nowMs: Date.now(), timeZone });
    tray?.show(shown.kind, { sentence, language, chosen: settings.language, startsWithSession: starts.isOn() });
    if (`${shown.kind} ${sentence}` === titled) return;
    titled = `${shown.kind} ${sentence}`;
    window.dress(`Tillsync: ${sentence}`, windowIcon(icons, shown.kind));
  }

  const findTrayHost = async (pauseMs: number): Promise<void> => {
    if (await hasTrayHost()) {
      tray = showTray(icons, judge().kind, actions);
      draw();
    } else {
      callOff = after(pauseMs, () => void findTrayHost(Math.min(pauseMs * 2, LOOK_MAX_MS)));
    }
  };
  return {
    show: (news) => {
      heard = news;
      draw();
    },
    hasTray: () => tray !== undefined,
    findTrayHost: () => findTrayHost(LOOK_FIRST_MS),
    stop: () => {
      callOff();
      tray?.remove();
      tray = undefined;
    },
  };
}
