import { Plot, palette, renderSvg } from '../../figures/render.js';
import type { FrontRow } from './run-cell.js';
import type { Standing } from './standings.js';

/** What each learner gains over the strongest rival, world by world, and where policies stand between the two ages. */
export function orchestrationFigures(standings: readonly Standing[], front: readonly FrontRow[]) {
  return [
    {
      name: 'orchestration-gains',
      caption: 'Gain over the strongest rival in every world, with 95 % intervals of the paired differences',
      svg: gainsFigure(standings),
    },
    {
      name: 'orchestration-front',
      caption: 'AoRI over AoSI: fixed splits and rules, and one policy asked for different preferences',
      svg: frontFigure(front),
    },
  ];
}

function gainsFigure(standings: readonly Standing[]): string {
  const shown = standings
    .filter(({ isRival }) => !isRival)
    .map(({ world, group, name, gain, difference, reward }) => {
      const rival = Math.abs(reward - difference.mean);
      const halfWidth = (100 * difference.ci95) / rival;
      return { world, contender: group === 'learned' ? name : 'age-matching, a rule', gain, halfWidth };
    });
  const contenders = [...new Set(shown.map(({ contender }) => contender))];
  const worlds = [...new Set(shown.map(({ world }) => world))];
  return renderSvg({
    height: 80 + 34 * worlds.length,
    marginLeft: 110,
    x: { label: 'gain over the strongest rival (%)', grid: true, labelAnchor: 'center' },
    y: { label: null, domain: worlds },
    color: { legend: true, domain: contenders, range: palette.slice(0, contenders.length) },
    symbol: { domain: contenders },
    marks: [
      Plot.ruleX([0]),
      Plot.ruleY(
        shown.filter(({ halfWidth }) => Number.isFinite(halfWidth)),
        {
          y: 'world',
          x1: ({ gain, halfWidth }: { gain: number; halfWidth: number }) => gain - halfWidth,
          x2: ({ gain, halfWidth }: { gain: number; halfWidth: number }) => gain + halfWidth,
          stroke: 'contender',
        },
      ),
      Plot.dot(shown, {
        x: 'gain',
        y: 'world',
        stroke: 'contender',
        fill: 'white',
        symbol: 'contender',
        r: 4,
      }),
    ],
  });
}

function frontFigure(front: readonly FrontRow[]): string {
  const names = { rules: 'fixed splits and rules', learned: 'one policy, told what is wanted' } as const;
  const points = front
    .filter(({ aosi, aori }) => aosi !== null && aori !== null && aosi < 40 && aori < 40)
    .map((row) => ({ ...row, of: names[row.group] }));
  return renderSvg({
    height: 400,
    x: { label: 'AoSI (steps)', grid: true, labelAnchor: 'center' },
    y: { label: 'AoRI (steps)', grid: true },
    color: { legend: true, domain: Object.values(names), range: palette.slice(0, 2) },
    symbol: { domain: Object.values(names) },
    marks: [Plot.dot(points, { x: 'aosi', y: 'aori', stroke: 'of', symbol: 'of', r: 3 })],
  });
}
