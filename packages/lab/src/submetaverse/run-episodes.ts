import type { Policy } from '@metalore/core/policy';
import type { Scenario } from '@metalore/core/scenario';
import { Simulator, observationFeatures } from '@metalore/core/submetaverse';
import type { Feature, Traces } from '@metalore/core/submetaverse';
import { Recorder } from './recorder.js';
import type { EpisodeRecords, Recording } from './recorder.js';

/**
 * Runs episodes `first` to `first + count − 1` of a run. What an episode draws depends on the run's seed and its own number
 * only, so a run can be cut into pieces anywhere.
 */
export function runEpisodes(
  scenario: Scenario,
  policy: Policy,
  run: { seed: number; first: number; count: number },
  traces: Traces = {},
  recording: Recording = {},
): EpisodeRecords {
  const simulator = new Simulator(scenario, { traces });
  const recorder = new Recorder(simulator, recording);
  const features = policy.features.map((name) => observationFeatures.get(name, 'policy features'));
  const observation = new Float64Array(simulator.cells * features.length);
  const action = new Float64Array(simulator.cells * 2);
  for (let episode = run.first; episode < run.first + run.count; episode++) {
    simulator.reset(run.seed, episode);
    policy.reset(run.seed, episode);
    recorder.begin(episode);
    for (let step = 0; step < scenario.episodeSteps; step++) {
      observe(simulator, features, observation);
      for (let cell = 0; cell < simulator.cells; cell++) {
        policy.act(observation, cell * features.length, action, cell * 2, cell);
      }
      simulator.advance(action);
      recorder.afterStep(step);
    }
    recorder.end(episode);
  }
  return recorder.take();
}

function observe(simulator: Simulator, features: readonly Feature[], observation: Float64Array): void {
  for (let cell = 0, at = 0; cell < simulator.cells; cell++) {
    for (let feature = 0; feature < features.length; feature++) {
      observation[at++] = features[feature]!.read(simulator, cell);
    }
  }
}
