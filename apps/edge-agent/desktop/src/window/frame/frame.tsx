import { Suspense, useEffect, useRef, type ReactNode } from "react";
import { Loading } from "../components/loading.tsx";
import { useText } from "../language/language-context.tsx";
import { useRoute } from "../route/use-route.ts";
import { screens } from "../screens.ts";
import { themeChoice } from "../settings/choices.ts";
import { Crashed } from "./crashed.tsx";
import { Header } from "./header.tsx";
import { Navigation } from "./navigation.tsx";
import { StateBanner } from "./state-banner.tsx";

/** What stands around every screen: whose window it is, how the sales stand, and where one can go. */
export function Frame(): ReactNode {
  const text = useText();
  const { screen: id, rest } = useRoute();
  const screen = screens.find((screen) => screen.id === id) ?? screens[0];
  const heading = useRef<HTMLHeadingElement>(null);
  useTheme();
  useHeadingFocus(heading, [screen?.id, ...rest].join("/"));
  const title = screen === undefined ? "" : text(screen.title);
  useEffect(() => {
    document.title = text("frame.window-title", { screen: title });
  }, [text, title]);
  if (screen === undefined) return null;
  return (
    <>
      <button type="button" className="skip" onClick={() => heading.current?.focus()}>
        {text("frame.skip")}
      </button>
      <Header />
      <StateBanner large={screen === screens[0]} />
      <div className="body">
        <Navigation current={screen.id} />
        <main>
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          <Crashed key={screen.id} message={text("frame.crashed")}>
            <Suspense fallback={<Loading />}>
              <screen.view rest={rest} />
            </Suspense>
          </Crashed>
        </main>
      </div>
    </>
  );
}

function useTheme(): void {
  const theme = themeChoice.use();
  useEffect(() => {
    document.documentElement.dataset["theme"] = theme;
  }, [theme]);
}

/** Whoever goes to another screen begins at its heading; opening the window moves nothing. */
function useHeadingFocus(heading: { readonly current: HTMLElement | null }, place: string): void {
  const shown = useRef(place);
  useEffect(() => {
    if (shown.current === place) return;
    shown.current = place;
    heading.current?.focus();
    scrollTo(0, 0);
  }, [heading, place]);
}
