/** Colours of groups, apart for colour-blind readers, on light and on dark; none is that of a kind of traffic. */
export const GROUP_COLOURS = ['#0a8f6c', '#a64d9b', '#b98300', '#7a7f87', '#5b5bd6', '#8c8c00'] as const;

/** Marks around (0, 0): groups differ by shape, too. */
export const GROUP_SHAPES = [
  'M4,0A4,4 0 1 1 -4,0A4,4 0 1 1 4,0Z',
  'M-3.6,-3.6H3.6V3.6H-3.6Z',
  'M0,-4.8 4.4,3.4H-4.4Z',
  'M0,-5 5,0 0,5 -5,0Z',
  'M0,4.8 4.4,-3.4H-4.4Z',
  'M-1.3,-4.5H1.3V-1.3H4.5V1.3H1.3V4.5H-1.3V1.3H-4.5V-1.3H-1.3Z',
] as const;

export const colourOf = (group: number) => GROUP_COLOURS[group % GROUP_COLOURS.length];
export const shapeOf = (group: number) => GROUP_SHAPES[group % GROUP_SHAPES.length];

/** Titles and units of columns that MetaLore writes; others are shown by their name. */
const TITLES: Readonly<Record<string, { title: string; unit: string; kind?: 'requests' | 'updates' }>> = {
  aosi: { title: 'AoSI', unit: 'steps', kind: 'updates' },
  aori: { title: 'AoRI', unit: 'steps', kind: 'requests' },
  served: { title: 'Requests served', unit: 'share', kind: 'requests' },
  reward: { title: 'Reward', unit: 'per episode' },
  late: { title: 'Late requests', unit: 'per episode', kind: 'requests' },
  rhoC: { title: 'ρC', unit: 'share of bandwidth' },
  rhoP: { title: 'ρP', unit: 'share of computing' },
  episode: { title: 'Episode', unit: '' },
  'time/total_timesteps': { title: 'Environment steps', unit: '' },
  'eval/mean_reward': { title: 'Reward in validation', unit: 'per episode' },
  'rollout/ep_rew_mean': { title: 'Reward in training', unit: 'per episode' },
  objectiveMs: { title: 'J', unit: 'ms' },
  totalMs: { title: 'Total latency', unit: 'ms' },
};

export function titleOf(column: string) {
  return TITLES[column] ?? { title: spoken(column), unit: '' };
}

/** A column's name as words: `sensors.meanSizeMbit`: sensors, mean size Mbit. */
function spoken(column: string): string {
  return column
    .split(/[./]/)
    .map((part) =>
      part
        .replaceAll('_', ' ')
        .replace(
          /([a-z\d])([A-Z])(?=[a-z])/g,
          (_, before: string, letter: string) => `${before} ${letter.toLowerCase()}`,
        ),
    )
    .join(', ');
}
