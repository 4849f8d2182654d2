// The environment under Gymnasium's contract: reset, observe, act, step, for an agent of one's own.
import { parseScenario, SubMetaverseEnvironment } from '@metalore/core';

const environment = new SubMetaverseEnvironment(parseScenario({}));
console.log('observes', environment.observationSpace.names.join(', '));
console.log('sets', environment.actionSpace.names.join(', '));

let { observation } = environment.reset({ seed: 1 });
let total = 0;
for (let done = false; !done;) {
  const [requests = 0, updates = 0] = observation;
  const share = (requests + 1) / (requests + updates + 2);
  const result = environment.step([0.3, share]);
  observation = result.observation;
  total += result.reward;
  done = result.terminated || result.truncated;
  if (done) console.log(`reward ${total.toFixed(0)}, AoSI ${result.info.metrics.aosi.toFixed(1)} steps`);
}

// Prints:
//   observes request-queue-jobs [jobs], update-queue-jobs [jobs]
//   sets rhoC, rhoP
//   reward 3320, AoSI 7.6 steps
