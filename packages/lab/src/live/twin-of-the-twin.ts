import type { FleetMetrics, FleetReport } from '@metalore/live';
import { confidenceHalfWidth, summarize } from '../statistics/summary.js';
import { startOwnServer } from './own-server.js';

/** Level of the intervals, and the share of the simulator's value by which the live one may lie beyond them. */
export const LEVEL = 0.99;
export const TOLERANCE = 0.05;

const metrics = ['aosi', 'aori', 'served'] as const satisfies readonly (keyof FleetMetrics)[];

/** One metric of the live sub-metaverse and of the simulator, over the same episodes. */
export interface Comparison {
  readonly metric: keyof FleetMetrics;
  readonly live: number;
  readonly simulator: number;
  /** Half width of the 99 % interval of the mean of live − simulator, episode by episode; NaN for one episode. */
  readonly halfWidth: number;
  /** Whether the means differ by no more than this half width and five percent of the simulator's. */
  readonly agrees: boolean;
}

/** A policy's episodes, live and simulated with the same devices, random numbers and splits. */
export interface TwinOfTheTwin {
  readonly policy: string;
  readonly episodes: readonly FleetReport[];
  readonly comparisons: readonly Comparison[];
}

/**
 * Plays episodes against a live sub-metaverse of our own, a fresh process for each, and compares them with the simulator.
 *
 * @param serverArgs scenario and options of `metalore live`, without the policy
 * @param play plays an episode, from 0, at the broker of that URL
 */
export async function compareWithSimulator(
  policy: string,
  serverArgs: readonly string[],
  count: number,
  play: (episode: number, url: string) => Promise<FleetReport>,
  signal: AbortSignal,
): Promise<TwinOfTheTwin> {
  const episodes: FleetReport[] = [];
  for (let episode = 0; episode < count && !signal.aborted; episode++) {
    const server = await startOwnServer([...serverArgs, '--policy', policy]);
    try {
      episodes.push(await play(episode, server.mqtt));
    } finally {
      await server.stop();
    }
  }
  return { policy, episodes, comparisons: metrics.map((metric) => compare(metric, episodes)) };
}

/** The means of one metric over episodes, and whether they agree. Episodes without a simulator are left out. */
export function compare(metric: keyof FleetMetrics, episodes: readonly FleetReport[]): Comparison {
  const pairs = episodes.flatMap(({ live, simulator }) =>
    simulator === null ? [] : [{ live: live[metric], simulator: simulator[metric] }],
  );
  const live = summarize(pairs.map((pair) => pair.live)).mean;
  const simulator = summarize(pairs.map((pair) => pair.simulator)).mean;
  const difference = summarize(pairs.map((pair) => pair.live - pair.simulator));
  const halfWidth = confidenceHalfWidth(difference.std, difference.n, LEVEL);
  const allowed = (Number.isNaN(halfWidth) ? 0 : halfWidth) + TOLERANCE * Math.abs(simulator);
  return { metric, live, simulator, halfWidth, agrees: Math.abs(live - simulator) <= allowed };
}
