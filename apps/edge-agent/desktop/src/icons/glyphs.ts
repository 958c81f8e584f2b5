import type { TrayStateKind } from "@tillsync/edge-agent/window-api";

/** One state's picture on a field of 24 by 24: a body whose outline alone tells it from the others, and a mark cut into it. */
interface Glyph {
  readonly body: string;
  readonly mark: string;
  readonly colour: string;
}

export const GLYPHS: Readonly<Record<TrayStateKind, Glyph>> = {
  /** A disc with a tick. */
  safe: { body: "M12 1.5a10.5 10.5 0 1 1 0 21a10.5 10.5 0 1 1 0-21Z", mark: "M7 12.4 10.6 16 17.2 8.6", colour: "#15803d" },
  /** A square with an arrow upwards. */
  sending: {
    body: "M4 2.5H20A1.5 1.5 0 0 1 21.5 4V20A1.5 1.5 0 0 1 20 21.5H4A1.5 1.5 0 0 1 2.5 20V4A1.5 1.5 0 0 1 4 2.5Z",
    mark: "M12 18V7M7.2 11.2 12 6.4 16.8 11.2",
    colour: "#1d4ed8",
  },
  /** A lozenge with a bar: cut off. */
  offline: { body: "M12 .8 23.2 12 12 23.2 .8 12Z", mark: "M7.4 12H16.6", colour: "#52525b" },
  /** A triangle with an exclamation mark. */
  attention: { body: "M12 1.4 23.4 22H.6Z", mark: "M12 8.6V14.6M12 18.2V18.4", colour: "#b91c1c" },
  /** A hexagon with a clock's hands. */
  update: { body: "M6.4 2H17.6L23.2 12 17.6 22H6.4L.8 12Z", mark: "M12 6.6V12.4L15.8 14.8", colour: "#7e22ce" },
};

export const GLYPH_KINDS = Object.keys(GLYPHS) as TrayStateKind[];

const stroke = (path: string, colour: string): string =>
  `<path d="${path}" fill="none" stroke="${colour}" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"/>`;

/** In colour, with a light rim so that it stands out from a dark panel as from a light one. */
export const colourSvg = (kind: TrayStateKind, size: number): string => {
  const { body, mark, colour } = GLYPHS[kind];
  return svg(
    size,
    `<path d="${body}" fill="${colour}" stroke="#ffffff" stroke-width="1" stroke-linejoin="round"/>${stroke(mark, "#ffffff")}`,
  );
};

/** For macOS, which colours it itself: black and nothing, the mark cut out. */
export const templateSvg = (kind: TrayStateKind, size: number): string => {
  const { body, mark } = GLYPHS[kind];
  const mask = `<mask id="m"><path d="${body}" fill="#fff"/>${stroke(mark, "#000")}</mask>`;
  return svg(size, `${mask}<rect width="24" height="24" fill="#000" mask="url(#m)"/>`);
};

/** The program's own picture: the till's receipt on its way up. */
export const appSvg = (size: number): string =>
  svg(
    size,
    `<rect x="1" y="1" width="22" height="22" rx="5" fill="#0f3d2e"/>` +
      `<path d="M6.5 4.5H17.5V19.5L15.7 18.2 13.8 19.5 12 18.2 10.2 19.5 8.3 18.2 6.5 19.5Z" fill="#ffffff"/>` +
      `<path d="M12 14.6V8M9 10.8 12 7.8 15 10.8" fill="none" stroke="#15803d" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/>`,
  );

const svg = (size: number, inside: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 24 24">${inside}</svg>`;
