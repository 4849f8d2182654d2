import type { Scale } from '@observablehq/plot';
import { formatNumber } from '../terminal/output.js';
import { escapeXml, textElement } from './xml.js';

const LINE_HEIGHT = 20;
/** Mean width of a character of the figures' font at 12 px. */
const CHARACTER_WIDTH = 7.4;

/** A drawn legend and the height it takes. */
export interface Legend {
  readonly svg: string;
  readonly height: number;
}

/**
 * Draws a colour scale as SVG: swatches for categories, a ramp for quantities. (Plot's own legends are HTML or need a
 * canvas, neither of which can stand in an SVG file.)
 */
export function drawLegend(scale: Scale, label: string, width: number, top: number): Legend {
  const domain = [...(scale.domain ?? [])] as unknown[];
  return scale.type === 'ordinal' || domain.some((value) => typeof value !== 'number')
    ? drawSwatches(scale, domain, width, top)
    : drawRamp(scale, label, domain as number[], width, top);
}

function drawSwatches(scale: Scale, domain: readonly unknown[], width: number, top: number): Legend {
  const parts: string[] = [];
  let x = 16;
  let y = top;
  for (const value of domain) {
    const label = typeof value === 'number' ? formatNumber(value) : String(value);
    const itemWidth = 36 + label.length * CHARACTER_WIDTH;
    if (x > 16 && x + itemWidth > width) {
      x = 16;
      y += LINE_HEIGHT;
    }
    parts.push(
      `<rect x="${x}" y="${y}" width="13" height="13" fill="${escapeXml(String(scale.apply(value)))}"/>`,
      textElement(x + 19, y + 11, label, 'font-size="12"'),
    );
    x += Math.round(itemWidth);
  }
  return { svg: parts.join(''), height: y - top + LINE_HEIGHT };
}

const RAMP_WIDTH = 220;
const RAMP_STEPS = 44;

function drawRamp(
  scale: Scale,
  label: string,
  domain: readonly number[],
  width: number,
  top: number,
): Legend {
  const start = Math.min(16 + Math.ceil(label.length * CHARACTER_WIDTH) + 8, width - RAMP_WIDTH - 30);
  const low = domain[0];
  const high = domain[domain.length - 1];
  const stepWidth = RAMP_WIDTH / RAMP_STEPS;
  const parts = [textElement(16, top + 11, label, 'font-size="12"')];
  for (let step = 0; step < RAMP_STEPS; step++) {
    const value = low + ((step + 0.5) / RAMP_STEPS) * (high - low);
    // A little wider than its step, so that no seam shows between neighbours.
    parts.push(
      `<rect x="${start + step * stepWidth}" y="${top}" width="${stepWidth + 0.5}" height="12" fill="${String(scale.apply(value))}"/>`,
    );
  }
  for (const part of [0, 0.5, 1]) {
    parts.push(
      textElement(
        start + part * RAMP_WIDTH,
        top + 25,
        formatNumber(Number((low + part * (high - low)).toPrecision(3))),
        'font-size="11" text-anchor="middle"',
      ),
    );
  }
  return { svg: parts.join(''), height: 34 };
}
