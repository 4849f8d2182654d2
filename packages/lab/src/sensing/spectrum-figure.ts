import type { SensingSolution } from '@metalore/core/sensing';
import { palette, Plot, renderSvg } from '../figures/render.js';

/** A spectrum over directions with its estimates, and where the sources are. */
export function spectrumFigure({ method, scan, spectrum, estimates, truth = [] }: SensingSolution): string {
  const bins = spectrum.map((value, bin) => ({ theta: bin + 0.5, value }));
  return renderSvg({
    title: `Spectrum of ${method}, scan ${scan}`,
    height: 320,
    x: { label: 'direction, degrees', domain: [0, 180], ticks: [0, 30, 60, 90, 120, 150, 180] },
    y: { label: 'spectrum (1: peak, 0: 30 dB below)', domain: [0, 1], grid: true },
    marks: [
      Plot.ruleX(truth, { stroke: palette[1], strokeDasharray: '4,3' }),
      Plot.line(bins, { x: 'theta', y: 'value', stroke: palette[0], strokeWidth: 1.6 }),
      Plot.dot(estimates, { x: 'thetaDeg', y: 'peak', fill: palette[2], r: 4 }),
    ],
  });
}
