/* Draws every picture of tray, window and packages from its shapes, by Chromium, into the folder `icons`. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { packIcns, packIco, type Sized } from "./containers.ts";
import { appSvg, colourSvg, GLYPH_KINDS, templateSvg } from "./glyphs.ts";

const FOLDER = join(import.meta.dirname, "../../icons");
const TRAY_SIZES = [16, 24, 32] as const;
const ICO_SIZES = [16, 24, 32, 48] as const;

async function draw(page: Page, svg: string, size: number): Promise<Buffer> {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>html,body{margin:0;background:none}svg{display:block}</style>${svg}`);
  return page.screenshot({ omitBackground: true, clip: { x: 0, y: 0, width: size, height: size } });
}

const drawAll = (page: Page, svg: (size: number) => string, sizes: readonly number[]): Promise<Sized[]> =>
  sizes.reduce<Promise<Sized[]>>(
    async (before, size) => [...(await before), { size, png: await draw(page, svg(size), size) }],
    Promise.resolve([]),
  );

const browser = await chromium.launch({ executablePath: process.env["TILLSYNC_CHROMIUM"] ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
try {
  const page = await browser.newPage();
  const write = (name: string, content: Buffer): void => writeFileSync(join(FOLDER, name), content);
  mkdirSync(join(FOLDER, "tray"), { recursive: true });
  for (const kind of GLYPH_KINDS) {
    const svg = (size: number): string => colourSvg(kind, size);
    for (const size of TRAY_SIZES) {
      write(`tray/${kind}-${size}.png`, await draw(page, svg(size), size));
      write(`tray/${kind}-${size}@2x.png`, await draw(page, svg(2 * size), 2 * size));
    }
    write(`tray/${kind}.ico`, packIco(await drawAll(page, svg, ICO_SIZES)));
    write(`tray/${kind}Template.png`, await draw(page, templateSvg(kind, 16), 16));
    write(`tray/${kind}Template@2x.png`, await draw(page, templateSvg(kind, 32), 32));
  }
  write("app.png", await draw(page, appSvg(512), 512));
  write("app.ico", packIco(await drawAll(page, appSvg, [...ICO_SIZES, 256])));
  write("app.icns", packIcns(await drawAll(page, appSvg, [128, 256, 512, 1024])));
} finally {
  await browser.close();
}
