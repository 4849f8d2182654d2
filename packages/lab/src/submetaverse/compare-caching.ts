import { withChanges } from '@metalore/core/document';
import { parseScenario } from '@metalore/core/scenario';
import { sortedQuantile, summarize, type Summary } from '../statistics/summary.js';
import type { RunTasks } from '../work/pool.js';
import type { ColumnData } from './columns.js';
import { simulate, type Run } from './simulate.js';

/** What a caching policy is judged by, where requests ask for models. */
export const CACHING_METRICS = {
  aori: 'AoRI (steps)',
  aoriP95: 'AoRI p95 (steps)',
  aosi: 'AoSI (steps)',
  edge: 'at the edge',
  accuracy: 'accuracy (%)',
  context: 'context (examples)',
  loads: 'loads',
} as const;
export type CachingMetric = keyof typeof CACHING_METRICS;

/** A caching policy over the episodes of a run: values, and paired differences from the first one's. */
export interface CachingComparison {
  readonly policy: string;
  readonly values: Readonly<Record<CachingMetric, Summary>>;
  readonly differences?: Readonly<Record<CachingMetric, Summary>>;
}

/**
 * The same people, requests and random numbers under several caching policies.
 *
 * @param run a scenario with models
 * @param onProgress told how many episodes of a policy have come in
 * @throws UnknownNameError with the policies that exist
 */
export async function compareCaching(
  run: Run,
  policies: readonly string[],
  runTasks: RunTasks,
  onProgress?: (episodes: number) => void,
): Promise<CachingComparison[]> {
  const results: { policy: string; perEpisode: Record<CachingMetric, number[]> }[] = [];
  for (const policy of policies) {
    const changed = withChanges(run.scenario, { 'serving.policy': policy });
    const scenario = parseScenario(changed, `scenario ${run.scenario.name}`);
    const { episodes, requests } = await simulate(
      { ...run, scenario },
      { requests: true },
      runTasks,
      onProgress,
    );
    results.push({ policy, perEpisode: metricsOf(episodes, requests) });
  }
  const summaries = (of: (metric: CachingMetric) => number[]) =>
    Object.fromEntries(
      (Object.keys(CACHING_METRICS) as CachingMetric[]).map((metric) => [metric, summarize(of(metric))]),
    ) as Record<CachingMetric, Summary>;
  const [base] = results;
  return results.map(({ policy, perEpisode }) => ({
    policy,
    values: summaries((metric) => perEpisode[metric]),
    ...(policy !== base.policy && {
      differences: summaries((metric) =>
        perEpisode[metric].map((value, episode) => value - base.perEpisode[metric][episode]),
      ),
    }),
  }));
}

function metricsOf(episodes: ColumnData, requests: ColumnData): Record<CachingMetric, number[]> {
  const per = (of: (row: number) => number) => Array.from(episodes.episode, (_, row) => of(row));
  const numbers = new Map(Array.from(episodes.episode, (episode, row) => [episode, row]));
  const ages: number[][] = per(() => 0).map(() => []);
  for (let at = 0; at < requests.episode.length; at++) {
    ages[numbers.get(requests.episode[at])!].push(requests.aori[at]);
  }
  const { requestsCompleted, requestsAtCloud, requestsToEdge } = episodes;
  return {
    aori: per((row) => episodes.aori[row]),
    aoriP95: ages.map((values) => sortedQuantile(Float64Array.from(values).sort(), 0.95)),
    aosi: per((row) => episodes.aosi[row]),
    edge: per((row) => 1 - requestsAtCloud[row] / requestsCompleted[row]),
    accuracy: per((row) => episodes.accuracySum[row] / requestsToEdge[row]),
    context: per((row) => episodes.contextSum[row] / requestsToEdge[row]),
    loads: per((row) => episodes.modelLoads[row]),
  };
}
