import { createActor } from '@metalore/learn/policy-file';
import type { PolicyDocument } from '@metalore/learn/policy-file';
import { Plot, palette, renderSvg } from '../figures/render.js';
import type { Figure } from '../submetaverse/figures.js';
import type { Curve } from './curve.js';

/** Queue lengths that the picture of a policy spans, jobs. */
const PLANE = { requests: 60, updates: 60, cells: 20 };

/** What a training shows: its curve, and the policy itself where it sees two numbers. */
export function policyFigures(policy: PolicyDocument, curve: Curve): Figure[] {
  const figures: Figure[] = [
    {
      name: 'curve',
      caption:
        'Mean episode reward over the training: of the exploring policy, and of its middle on validation episodes',
      svg: curveFigure(curve),
    },
  ];
  if (policy.features.length === 2) {
    figures.push({
      name: 'policy',
      caption: `The splits that the policy makes, over what it observes (${policy.features.join(', ')})`,
      svg: policyPlane([{ name: policy.name, policy }]),
    });
  }
  return figures;
}

function curveFigure(curve: Curve): string {
  const points = curve.flatMap((record) => {
    const steps = record['time/total_timesteps'] / 1000;
    const rows = [
      { steps, reward: record['rollout/ep_rew_mean'], series: 'exploring' },
      { steps, reward: record['eval/mean_reward'], series: 'validation' },
    ];
    return rows.filter(({ reward }) => Number.isFinite(reward));
  });
  return renderSvg({
    height: 320,
    x: { label: 'environment steps (thousands)', zero: true },
    y: { label: 'mean reward per episode', grid: true, nice: true },
    color: { legend: true, domain: ['exploring', 'validation'], range: palette.slice(0, 2) },
    marks: [
      Plot.line(points, { x: 'steps', y: 'reward', stroke: 'series', strokeWidth: 1.4 }),
      Plot.dot(
        points.filter(({ series }) => series === 'validation'),
        { x: 'steps', y: 'reward', fill: 'series', r: 2.2 },
      ),
    ],
  });
}

/** Both splits of each policy over the plane of its two observations, one row of panels per policy. */
export function policyPlane(policies: readonly { name: string; policy: PolicyDocument }[]): string {
  const cells = policies.flatMap(({ name, policy }) => {
    const actor = createActor(policy);
    const action = new Float64Array(2);
    const observation = new Float64Array(2);
    const step = PLANE.requests / PLANE.cells;
    return Array.from({ length: PLANE.cells ** 2 }, (_, i) => {
      const [x, y] = [(i % PLANE.cells) * step, Math.floor(i / PLANE.cells) * step];
      observation.set([x + step / 2, y + step / 2]);
      actor.act(observation, 0, action, 0);
      const tile = { x1: x, x2: x + step, y1: y, y2: y + step, policy: name };
      return [
        { ...tile, split: 'ρC, bandwidth to UEs', value: action[0] },
        { ...tile, split: 'ρP, compute to requests', value: action[1] },
      ];
    }).flat();
  });
  return renderSvg({
    width: 640,
    height: 110 + 190 * policies.length,
    marginRight: policies.length > 1 ? 40 : 24,
    x: { label: 'requests in the computation queue (jobs)', labelAnchor: 'center' },
    y: { label: 'updates in the computation queue (jobs)', labelAnchor: 'center' },
    fx: { label: null },
    fy: { label: null, ...(policies.length > 1 ? {} : { axis: null }) },
    color: { legend: true, label: 'share', scheme: 'viridis', domain: [0, 1] },
    marks: [
      Plot.rect(cells, {
        x1: 'x1',
        x2: 'x2',
        y1: 'y1',
        y2: 'y2',
        fill: 'value',
        fx: 'split',
        fy: 'policy',
        stroke: 'value',
        strokeWidth: 0.3,
      }),
    ],
  });
}
