import { fixed } from '../policy/index.js';
import type { Scenario } from '../submetaverse/scenario/index.js';
import { runCity } from './run.js';

/** Values that ρC and ρP are tried at. */
const SHARES = [0.1, 0.3, 0.5, 0.7, 0.9];
/** Pairs that are tried, each on every training episode. */
export const CHOICES = SHARES.length ** 2;

/**
 * Chooses a fixed split for each cell on training episodes: every pair of shares in all cells at once, and for each cell the
 * pair that earned it most. Cells meet only at their borders, so that the search is as good as one cell by cell there.
 *
 * @returns `[cells × 2]`: ρC and ρP of each cell
 */
export function chooseSplits(
  scenario: Scenario,
  training: { readonly seed: number; readonly firstEpisode: number; readonly episodes: number },
): number[] {
  const splits = scenario.cells.flatMap(() => [0.5, 0.5]);
  const best = new Float64Array(scenario.cells.length).fill(-Infinity);
  for (const rhoC of SHARES) {
    for (const rhoP of SHARES) {
      const { cellRewards } = runCity(scenario, fixed(rhoC, rhoP), training);
      cellRewards.forEach((reward, cell) => {
        if (reward <= best[cell]) return;
        best[cell] = reward;
        splits.splice(cell * 2, 2, rhoC, rhoP);
      });
    }
  }
  return splits;
}
