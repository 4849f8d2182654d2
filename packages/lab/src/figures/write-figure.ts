import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Resvg } from '@resvg/resvg-js';
import { FONT_FAMILY, FONT_FILE } from './font.js';
import { escapeXml } from './xml.js';

/** An SVG as PNG at twice its size, drawn with the one font that is shipped and none of the machine's. */
export function renderPng(svg: string): Buffer {
  if (!existsSync(FONT_FILE)) throw new Error(`the font of the figures is missing: ${escapeXml(FONT_FILE)}`);
  return new Resvg(svg, {
    fitTo: { mode: 'zoom', value: 2 },
    font: {
      fontFiles: [FONT_FILE],
      loadSystemFonts: false,
      defaultFontFamily: FONT_FAMILY,
      sansSerifFamily: FONT_FAMILY,
    },
  })
    .render()
    .asPng();
}

/** Writes `<dir>/<name>.svg` and `<dir>/<name>.png`. */
export async function writeFigure(dir: string, name: string, svg: string): Promise<void> {
  await writeFile(path.join(dir, `${name}.svg`), svg);
  await writeFile(path.join(dir, `${name}.png`), renderPng(svg));
}
