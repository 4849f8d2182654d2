import { existsSync } from 'node:fs';
import path from 'node:path';
import { changeScenario, parseScenario, type Scenario } from '@metalore/core/scenario';
import { readDocument } from '../io/documents.js';
import { isPolicyFile, policyFile, splitPolicySpec } from '../policy/policy-spec.js';
import type { ScenarioOptions } from './scenario-files.js';

/**
 * The scenario with the reward that a trained policy was trained for: another one would judge it by what it never sought.
 * Rules, policies without the folder of their training, and rewards that are set by hand leave it as it is.
 *
 * @returns `changed`: the training had another reward
 */
export function withTrainingReward(
  scenario: Scenario,
  policy: string,
  { eta, c2, set = [] }: ScenarioOptions,
): { scenario: Scenario; changed: boolean } {
  const isSet = eta !== undefined || c2 !== undefined || set.some((change) => /^reward\b/.test(change));
  const reward = isSet || !isPolicyFile(policy) ? undefined : rewardOfTraining(policy);
  if (reward === undefined || JSON.stringify(reward) === JSON.stringify(scenario.reward)) {
    return { scenario, changed: false };
  }
  return { scenario: changeScenario(scenario, { reward }), changed: true };
}

/** What stands in the folder that `metalore train` wrote. */
function rewardOfTraining(policy: string): Scenario['reward'] | undefined {
  const folder = path.dirname(policyFile(splitPolicySpec(policy).file));
  const [manifest, scenario] = ['manifest.json', 'scenario.json'].map((name) => path.join(folder, name));
  if (!existsSync(manifest) || !existsSync(scenario)) return undefined;
  const { kind } = readDocument(manifest) as { kind?: unknown };
  return kind === 'train' ? parseScenario(readDocument(scenario), scenario).reward : undefined;
}
