import type { DeviceSide } from './device-side.js';

/**
 * `full-load`: every other cell uses its whole band all the time; `activity`: each share for as much of the step as its device
 * would need, alone in its band, for what it has to send.
 */
export type InterferenceModel = 'none' | 'full-load' | 'activity';

/**
 * What the devices of other cells add to the noise at each base station. All cells use one band; a frequency carries one
 * device of a cell at a time, each in proportion to its share, so that the mean over the band is
 * I_c = Σ over other cells of Σ over their devices of share · P · gain towards c.
 */
export class Interference {
  /** `Float64Array [cells]`, mW over the whole band. */
  readonly mw: Float64Array;

  constructor(cells: number) {
    this.mw = new Float64Array(cells);
  }

  /**
   * @param splits `[cells × 2]`: ρC and ρP of each cell; a kind's part of the band is shared equally. Spectral efficiencies
   *   have to be those without interference
   */
  compute(
    { ue, sensor }: { readonly ue: DeviceSide; readonly sensor: DeviceSide },
    splits: Float64Array,
    model: InterferenceModel,
  ): void {
    this.mw.fill(0);
    this.#add(ue, (cell) => splits[cell * 2], model);
    this.#add(sensor, (cell) => 1 - splits[cell * 2], model);
  }

  #add(
    { bandwidth, group, links }: DeviceSide,
    part: (cell: number) => number,
    model: InterferenceModel,
  ): void {
    const { mw } = this;
    const { active, backlogMbit, chosenCell, efficiency } = group;
    const { connected } = group.totals(mw.length);
    for (let device = 0; device < active; device++) {
      const own = chosenCell[device];
      if (group.cell[device] < 0 || (model === 'activity' && backlogMbit[device] === 0)) continue;
      const alone = (bandwidth[own] / connected[own]) * efficiency[device];
      const use = model === 'full-load' ? 1 : Math.min(1, backlogMbit[device] / alone);
      const share = (use * part(own)) / connected[own];
      for (let cell = 0; cell < mw.length; cell++) {
        if (cell !== own) mw[cell] += share * links.receivedMw(device, cell);
      }
    }
  }
}
