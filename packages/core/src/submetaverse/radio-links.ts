import { log10 } from '../math/index.js';
import { pathLossModels, snr, spectralEfficiency, type LossFunction, type PathLoss } from '../radio/index.js';
import { RandomStream } from '../random/index.js';
import type { Scenario } from '../scenario/index.js';
import type { Association, CellView } from './association.js';
import type { DeviceGroup } from './devices.js';
import type { LinkTrace } from './link-trace.js';

/** Radio links between the devices of a kind and all cells: association, SNR and spectral efficiency. */
export class RadioLinks {
  readonly #group: DeviceGroup;
  readonly #cells: CellView;
  /** Per link (device · cells + cell), only for models that draw: line-of-sight variate and shadowing variate. */
  readonly #losUniform: Float64Array;
  readonly #shadowNormal: Float64Array;
  readonly #bandwidthMhz: Float64Array;
  #random = false;
  #loss: LossFunction[] = [];
  #txPowerDbm = new Float64Array(0);
  #noiseMw = 0;
  #minSnr = 0;
  #device = 0;
  readonly #snrDb = (cell: number) => 10 * log10(this.snr(this.#device, cell));

  constructor(
    group: DeviceGroup,
    cells: CellView,
    random: boolean,
    readonly linkTrace: LinkTrace | undefined,
  ) {
    this.#group = group;
    this.#cells = cells;
    const links = random ? group.capacity * cells.count : 0;
    this.#losUniform = new Float64Array(links);
    this.#shadowNormal = new Float64Array(links);
    this.#bandwidthMhz = new Float64Array(cells.count);
  }

  /** Takes the radio parameters of a phase. */
  configure(scenario: Scenario, pathLoss: PathLoss): void {
    const deviceHeightM = scenario[this.#group.kind === 'ue' ? 'ues' : 'sensors'].heightM;
    this.#random = pathLoss.random;
    this.#loss = scenario.cells.map(({ heightM, frequencyHz }) =>
      pathLoss.prepare({ baseHeightM: heightM, deviceHeightM, frequencyHz }),
    );
    this.#txPowerDbm = Float64Array.from(scenario.cells, (cell) => cell.txPowerDbm);
    this.#bandwidthMhz.set(scenario.cells.map((cell) => cell.bandwidthHz / 1e6));
    this.#noiseMw = scenario.radio.noiseMw;
    this.#minSnr = scenario.radio.minSnr;
  }

  /** Draws the links' variates of an episode: one stream per device, so that devices do not disturb each other. */
  reset(seed: number, episode: number): void {
    this.linkTrace?.reset();
    const cells = this.#cells.count;
    for (let device = 0; device * cells < this.#losUniform.length; device++) {
      const random = new RandomStream(seed, `${this.#group.kind}/links`, episode, device);
      for (let link = device * cells; link < (device + 1) * cells; link++) {
        this.#losUniform[link] = random.uniform();
        this.#shadowNormal[link] = random.normal();
      }
    }
  }

  /** SNR of a link, plain ratio. */
  snr(device: number, cell: number): number {
    const { x, y } = this.#group.field;
    const dx = x[device]! - this.#cells.x[cell]!;
    const dy = y[device]! - this.#cells.y[cell]!;
    const link = this.#random ? device * this.#cells.count + cell : 0;
    const lossDb = this.#loss[cell]!(
      Math.sqrt(dx * dx + dy * dy),
      this.#random ? this.#losUniform[link]! : 0,
      this.#random ? this.#shadowNormal[link]! : 0,
    );
    return snr(this.#txPowerDbm[cell]!, lossDb, this.#noiseMw);
  }

  /**
   * Associates devices `from` … `active` − 1 and computes their spectral efficiency.
   *
   * @param handovers `Float64Array [cells]`: counts devices that come from another cell
   */
  update(associate: Association, step: number, from: number, handovers: Float64Array): void {
    const { active, field, cell, chosenCell, efficiency } = this.#group;
    const cells = this.#cells;
    this.linkTrace?.advance(step);
    for (let device = from; device < active; device++) {
      let chosen = 0;
      if (cells.count > 1) {
        this.#device = device;
        const before = chosenCell[device]!;
        chosen = associate(field.x[device]!, field.y[device]!, before, cells, this.#snrDb);
        if (before >= 0 && chosen !== before) handovers[chosen]!++;
      }
      chosenCell[device] = chosen;
      const measured = this.linkTrace?.rateMbps(device) ?? -1;
      let bits: number;
      if (measured >= 0) bits = measured / this.#bandwidthMhz[chosen]!;
      else {
        const ratio = this.snr(device, chosen);
        bits = ratio >= this.#minSnr ? spectralEfficiency(ratio) : 0;
      }
      efficiency[device] = bits;
      cell[device] = bits > 0 ? chosen : -1;
    }
  }
}

/** The path-loss model that a scenario names. */
export function pathLossOf(scenario: Scenario): PathLoss {
  const { model, ...options } = scenario.radio.pathLoss;
  return pathLossModels.get(model, 'radio.pathLoss.model')(options);
}
