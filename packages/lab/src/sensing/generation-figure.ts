import {
  antennaChoices,
  covarianceOf,
  observe,
  OBSERVED_RANGES,
  partOf,
  ScanGrid,
  sense,
} from '@metalore/core/sensing';
import { isMeasured, sourceCount } from '@metalore/core/sensing';
import type { SensingInstance } from '@metalore/core/sensing';
import { RandomStream } from '@metalore/core/random';
import { encodeInto, ForwardChain } from '@metalore/learn/policy-file';
import type { SpectrumModel } from '@metalore/learn/sensing';
import { palette, Plot, renderSvg } from '../figures/render.js';

/** Steps of the chain that are left in the states that are shown. */
const SHOWN = [10, 7, 4, 2, 0];

/**
 * How a generator draws a spectrum (paper 002, first paper, fig. 4): what it observes, states of its chain on the way from
 * noise, and below, where nine antennas are there, the spectrum that its expert has. Undefined for what is no chain.
 */
export function generationFigure(
  instance: SensingInstance,
  antennas: readonly number[],
  { document, training }: SpectrumModel,
  seed: number,
): string | undefined {
  const { model } = document;
  if (model.kind !== 'diffusion') return undefined;
  const positions = antennas.map((k) => instance.positions[k]);
  const covariance = partOf(covarianceOf(instance), antennas);
  const count = sourceCount(instance, covariance);
  const observation = observe(covariance, new ScanGrid(positions, training.scan, OBSERVED_RANGES), count);
  const chain = new ForwardChain(model);
  encodeInto(model.encoding, chain.condition)(observation, 0);
  const rows: { way: string; theta: number; value: number }[] = [];
  const add = (way: string, spectrum: ArrayLike<number>): void => {
    Array.from(spectrum).forEach((value, bin) => rows.push({ way, theta: bin + 0.5, value }));
  };
  add('observed', sense(instance, { antennas, scan: training.scan }).spectrum);
  let left = model.steps;
  chain.run(new RandomStream(seed, 'sensing/samples'), (x) => {
    const name = left === 0 ? 'drawn' : `${left} steps left`;
    if (SHOWN.includes(left))
      add(
        name,
        Array.from(x, (value) => (1 + value) / 2),
      );
    left--;
  });
  const isNine = instance.positions.length === 9;
  if (isNine)
    add('expert', sense(instance, { antennas: antennaChoices.middle, scan: training.scan }).spectrum);
  const ways = [...new Set(rows.map(({ way }) => way))];
  const truth = isMeasured(instance) ? [] : instance.sources.map(({ thetaDeg }) => thetaDeg);
  const sources = ways.flatMap((way) => truth.map((theta) => ({ way, theta })));
  return renderSvg({
    title: 'A spectrum is drawn',
    height: 120 * ways.length + 60,
    marginRight: 90,
    x: { label: 'direction, degrees', ticks: [0, 30, 60, 90, 120, 150, 180] },
    y: { label: 'spectrum', ticks: [0, 0.5, 1], grid: true },
    fy: { label: null, domain: ways },
    marks: [
      Plot.ruleX(sources, { x: 'theta', fy: 'way', stroke: palette[1], strokeDasharray: '4,3' }),
      Plot.line(rows, { x: 'theta', y: 'value', fy: 'way', stroke: palette[0], strokeWidth: 1.4 }),
    ],
  });
}
