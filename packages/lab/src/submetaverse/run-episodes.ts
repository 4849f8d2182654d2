import type { Policy } from '@metalore/core/policy';
import type { Scenario } from '@metalore/core/scenario';
import { PolicyStepper, Simulator } from '@metalore/core/submetaverse';
import type { Traces } from '@metalore/core/submetaverse';
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
  const stepper = new PolicyStepper(simulator, policy);
  const recorder = new Recorder(simulator, recording);
  for (let episode = run.first; episode < run.first + run.count; episode++) {
    stepper.reset(run.seed, episode);
    for (let step = 0; step < scenario.episodeSteps; step++) {
      stepper.step();
      recorder.afterStep(step);
    }
    recorder.afterEpisode(episode);
  }
  return recorder.take();
}
