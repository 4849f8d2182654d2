import type { Explained } from '../shared/how.svelte';
import { fixed } from '../shared/format.js';
import type { RunFrame } from '../simulation/protocol.js';

/** Formula of every headline number, with the values that a run has now. */
export function explain({ counts, scenario }: RunFrame): Record<string, Explained> {
  const whole = (name: keyof RunFrame['counts']) => fixed(counts[name], 0);
  const { baseReward, eta, latePenalty, lateThresholdSteps } = scenario.reward;
  return {
    aosi: {
      formula: 'AoSI = Σ |created − created of the update it was served with| / n',
      values: `${whole('aosiSum')} steps / ${whole('requestsSynchronised')} requests`,
      means:
        'How much older, or newer, than the request the sensor data is that it was served with. It rises when updates wait, and when requests do.',
    },
    aori: {
      formula: 'AoRI = Σ (completed − created) / n',
      values: `${whole('aoriSum')} steps / ${whole('requestsCompleted')} requests`,
      means: 'How long a request takes, from its creation to its completion. It rises when requests wait.',
    },
    served: {
      formula: 'served = completed / created',
      values: `${whole('requestsCompleted')} / ${whole('requestsCreated')} requests`,
      means: 'What share of the requests created so far is completed.',
    },
    reward: {
      formula: 'r = Σ c1 η^AoSI + Σ c2 · 1{AoRI > D}',
      values: `${fixed(counts.synchronisationReward, 1)} + (${fixed(counts.latePenalty, 1)})`,
      means: `Paper 000, eqs 5 to 7, with c1 = ${baseReward}, η = ${eta}, c2 = ${latePenalty} and D = ${lateThresholdSteps} steps: each request is worth the less, the older its data; one that is late costs.`,
    },
    late: {
      formula: 'late = number of completed requests with AoRI > D',
      values: `requests that took more than ${lateThresholdSteps} steps`,
      means: 'Requests that are completed, but later than the threshold of the scenario.',
    },
  };
}
