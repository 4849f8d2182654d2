import { palette, Plot, renderSvg } from '../figures/render.js';
import type { EventLog } from './event-log.js';

/** Points that a curve is thinned to. */
const MOST_POINTS = 1500;

/** What a policy has earned over the time, and where it crashed providers. */
export function runFigure({ columns }: EventLog, policy: string): string {
  const { timeS, event, reward } = columns;
  const points: { hours: number; reward: number; event: string }[] = [];
  let sum = 0;
  for (let row = 0; row < event.length; row++) {
    sum += reward[row];
    points.push({ hours: timeS[row] / 3600, reward: sum, event: event[row] });
  }
  const every = Math.ceil(points.length / MOST_POINTS);
  const crashes = points.filter((point) => point.event === 'crashed');
  return renderSvg({
    title: `Reward of ${policy} over the time, ${crashes.length} crashes`,
    height: 320,
    x: { label: 'time, h' },
    y: { label: 'reward so far', grid: true, nice: true },
    marks: [
      Plot.line(
        points.filter((_, row) => row % every === 0 || row === points.length - 1),
        { x: 'hours', y: 'reward', stroke: palette[0], strokeWidth: 1.8, curve: 'step-after' },
      ),
      Plot.dot(crashes, {
        x: 'hours',
        y: 'reward',
        fill: palette[1],
        symbol: 'times',
        stroke: palette[1],
        r: 4,
      }),
    ],
  });
}
