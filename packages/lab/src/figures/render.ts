import { createRequire } from 'node:module';
import * as Plot from '@observablehq/plot';
import type { DOMWindow } from 'jsdom';
import { FONT_FAMILY } from './font.js';
import { drawLegend } from './legend.js';
import { palette } from './palette.js';
import { textElement } from './xml.js';

export { palette } from './palette.js';
export { Plot };

let openWindow: DOMWindow | undefined;

/** The page that figures are drawn in. jsdom takes half a second to load: only who draws waits for it. */
function page(): DOMWindow {
  const { JSDOM } = createRequire(import.meta.url)('jsdom') as typeof import('jsdom');
  return (openWindow ??= new JSDOM('').window);
}

/** Plot options that every figure shares; a figure's own go before them. */
const SHARED = {
  width: 640,
  height: 400,
  marginTop: 28,
  marginRight: 24,
  marginBottom: 40,
  marginLeft: 60,
} as const;

/**
 * Draws a plot as one self-contained SVG: white background, style inside, the font named, the palette where the options
 * choose no colours (`viridis` for quantities), a colour legend above the plot where `color.legend` asks for it. The same
 * options give the same bytes on every machine.
 *
 * @param options Observable Plot's; axes need their units in `label`
 */
export function renderSvg(options: Plot.PlotOptions): string {
  const { title, subtitle, caption, color, ...rest } = options;
  const draw = (colours: Plot.ScaleOptions | undefined): Drawing =>
    Plot.plot({
      ...SHARED,
      ...rest,
      ...(colours === undefined ? {} : { color: { ...colours, legend: false } }),
      document: page().document,
      className: 'figure',
    }) as Drawing;
  let drawn = draw(color);
  const scale = drawn.scale('color');
  const chosen = color?.range ?? color?.scheme ?? color?.interpolate ?? color?.type === 'identity';
  if (scale !== undefined && !chosen) {
    const isCategorical = scale.type === 'ordinal' || (scale.type as string) === 'categorical';
    drawn = draw({ ...color, ...(isCategorical ? { range: palette } : { scheme: 'viridis' }) });
  }
  const legend = color?.legend ? drawn.scale('color') : undefined;
  const label = color?.label ?? '';
  return frame(drawn, legend, label, [title, subtitle, caption].map(asText));
}

type Drawing = SVGSVGElement & Plot.Plot;

function asText(part: unknown): string | undefined {
  return part === undefined || part === null ? undefined : String(part);
}

/** Title, subtitle, legend, plot and caption below one another. */
function frame(
  plot: Drawing,
  colours: Plot.Scale | undefined,
  colourLabel: string,
  [title, subtitle, caption]: readonly (string | undefined)[],
): string {
  const width = Number(plot.getAttribute('width'));
  const parts: string[] = [];
  let y = 6;
  if (title !== undefined) parts.push(textElement(16, (y += 17), title, 'font-size="15"'));
  if (subtitle !== undefined) parts.push(textElement(16, (y += 18), subtitle, 'font-size="12" fill="#444"'));
  if (title !== undefined || subtitle !== undefined) y += 10;
  if (colours !== undefined) {
    const legend = drawLegend(colours, colourLabel, width, y);
    parts.push(legend.svg);
    y += legend.height;
  }
  parts.push(serialise(plot, y));
  let height = y + Number(plot.getAttribute('height'));
  if (caption !== undefined) {
    parts.push(textElement(16, height + 12, caption, 'font-size="11" fill="#444"'));
    height += 22;
  }
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `viewBox="0 0 ${width} ${height}" font-family="${FONT_FAMILY}, Verdana, sans-serif" font-size="11" ` +
    `color="#1a1a1a" fill="#1a1a1a"><style>text{white-space:pre}</style>` +
    `<rect width="100%" height="100%" fill="white"/>${parts.join('')}</svg>\n`
  );
}

/** The plot as text, placed at `y`: without Plot's page styles, its numbers rounded and its ids counted from 1. */
function serialise(plot: SVGSVGElement, y: number): string {
  plot.querySelectorAll('style').forEach((element) => element.remove());
  for (const attribute of ['class', 'font-family', 'font-size']) plot.removeAttribute(attribute);
  plot.setAttribute('y', String(y));
  const ids = new Map<string, string>();
  return new (page().XMLSerializer)()
    .serializeToString(plot)
    .replace(/ xmlns="[^"]*"/, '')
    .replace(/<[^>]*>/g, (tag) => tag.replace(/-?\d+\.\d{3,}(?:e-?\d+)?/g, roundCoordinate))
    .replace(/plot-clip-\d+/g, (id) => {
      if (!ids.has(id)) ids.set(id, `clip-${ids.size + 1}`);
      return ids.get(id)!;
    });
}

function roundCoordinate(number: string): string {
  return String(Math.round(Number(number) * 100) / 100);
}
