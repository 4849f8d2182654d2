import { Phases } from '@metalore/core/scenario';
import type { Scenario } from '@metalore/core/scenario';
import { rewardModels } from '@metalore/core/submetaverse';
import type { ColumnData } from './columns.js';

/**
 * The metrics of every episode and cell, one row each: a request counts where it was completed, its creation where it was
 * created, so that `served` of a cell that many UEs leave may exceed 1.
 *
 * @param requests and `steps`: the tables of whole episodes, in order
 */
export function cellEpisodes(
  scenario: Scenario,
  seed: number,
  requests: ColumnData,
  steps: ColumnData,
): ColumnData {
  const cells = scenario.cells.length;
  const first = steps.episode[0] ?? 0;
  const rows = ((steps.episode.at(-1) ?? first - 1) - first + 1) * cells;
  const column = (): Float64Array => new Float64Array(rows);
  const rowOf = (table: ColumnData, at: number): number =>
    (table.episode[at] - first) * cells + table.cell[at];

  const [created, reward, rhoC, rhoP] = [column(), column(), column(), column()];
  for (let at = 0; at < steps.episode.length; at++) {
    const row = rowOf(steps, at);
    created[row] += steps.requestsCreated[at];
    reward[row] += steps.reward[at];
    rhoC[row] += steps.rhoC[at] / scenario.episodeSteps;
    rhoP[row] += steps.rhoP[at] / scenario.episodeSteps;
  }
  const [completed, synchronised, aosi, aori, late] = [column(), column(), column(), column(), column()];
  const isLate = lateness(scenario, seed);
  for (let at = 0; at < requests.episode.length; at++) {
    const row = rowOf(requests, at);
    completed[row]++;
    aori[row] += requests.aori[at];
    if (requests.aosi[at] >= 0) {
      synchronised[row]++;
      aosi[row] += requests.aosi[at];
    }
    if (isLate(requests.episode[at], requests.completed[at], requests.aori[at])) late[row]++;
  }
  return {
    episode: Int32Array.from({ length: rows }, (_, row) => first + Math.floor(row / cells)),
    cell: Int32Array.from({ length: rows }, (_, row) => row % cells),
    aosi: aosi.map((sum, row) => sum / synchronised[row]),
    aori: aori.map((sum, row) => sum / completed[row]),
    served: completed.map((count, row) => count / created[row]),
    reward,
    late,
    rhoC,
    rhoP,
    requestsCreated: created,
    requestsCompleted: completed,
  };
}

/** Whether an AoRI is late, by the reward that is in force in that step of that episode. */
function lateness(
  scenario: Scenario,
  seed: number,
): (episode: number, step: number, aori: number) => boolean {
  const phases = new Phases(scenario);
  let current = -1;
  let rules: { fromStep: number; late: (aori: number) => boolean }[] = [];
  return (episode, step, aori) => {
    if (episode !== current) {
      current = episode;
      rules = phases.ofEpisode(seed, episode).map((phase) => {
        const reward = rewardModels.get(phase.scenario.reward.model)(phase.scenario.reward);
        return { fromStep: phase.fromStep, late: (age) => reward.late(age) };
      });
    }
    let rule = rules.length - 1;
    while (rule > 0 && rules[rule].fromStep > step) rule--;
    return rules[rule].late(aori);
  };
}
