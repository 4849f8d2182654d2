import type { Allocation } from '@metalore/core/auction';
import { Plot, renderSvg } from '../figures/render.js';

/** Scores of the vehicles as bid and rest, the winner marked, the second score as a line. */
export function scoreFigure(allocation: Allocation, mechanism: string): string {
  const { scores, bids, winner } = allocation;
  const label = (i: number): string => `${i}${i === winner ? ' wins' : ''}`;
  const bars = Array.from(scores, (score, i) => [
    { vehicle: label(i), part: 'bid', worth: bids[i] },
    { vehicle: label(i), part: 'rest of the cycle', worth: score - bids[i] },
  ]).flat();
  const others = Array.from(scores).filter((_, i) => i !== winner);
  const second = others.length === 0 ? 0 : Math.max(...others);
  return renderSvg({
    title: `Scores by ${mechanism}; second score ${second.toFixed(3)}`,
    height: 60 + 16 * scores.length,
    marginLeft: 70,
    x: { label: 'score', grid: true },
    y: { label: 'vehicle', domain: Array.from(scores, (_, i) => label(i)) },
    color: { domain: ['bid', 'rest of the cycle'], legend: true },
    marks: [
      Plot.barX(bars, { x: 'worth', y: 'vehicle', fill: 'part' }),
      Plot.ruleX([second], { strokeDasharray: '4,3' }),
      Plot.ruleX([0]),
    ],
  });
}
