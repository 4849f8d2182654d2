import { expAt, INVERSE_LN2, LN10, logAt } from '../math/index.js';
import {
  dbmToMw,
  pathLossModels,
  ratioToDb,
  ShadowField,
  type LinkGeometry,
  type LossFunction,
  type PathLoss,
} from '../radio/index.js';
import { RandomStream } from '../random/index.js';
import type { Scenario } from './scenario/index.js';
import type { Association, CellView } from './association.js';
import type { DeviceGroup } from './devices.js';
import type { LinkTrace } from './link-trace.js';
import { Counter, type Metrics } from './metrics.js';
import { ueClasses } from './ue-classes.js';

/** Radio links between the devices of a kind and all cells: association, SNR and spectral efficiency. */
export class RadioLinks {
  readonly #group: DeviceGroup;
  readonly #cells: CellView;
  /** Per link (device · cells + cell), only for models that draw: line-of-sight variate and shadowing variate. */
  readonly #losUniform: Float64Array;
  readonly #shadowNormal: Float64Array;
  readonly #bandwidthMhz: Float64Array;
  /** Per device, dB, of this step. */
  readonly #losses: Float64Array;
  /** `Int32Array [devices]`: the cell that a device keeps wherever it is; −1 for none. */
  readonly #kept: Int32Array;
  /** Per cell, where the scenario has shadowing. */
  #shadows: ShadowField[] = [];
  #shadowKey: string | undefined;
  #seed = 0;
  #episode = 0;
  #handoverDelaySteps = 0;
  #random = false;
  #loss: LossFunction[] = [];
  /** Per cell, and where a device has its own per device: transmission power, dBm, and noise, mW. */
  #txPowerDbm = new Float64Array(0);
  #noiseMw = new Float64Array(0);
  #noiseDbm = new Float64Array(0);
  /** `Float64Array [devices]`, NaN for what is the cell's; empty where no device has its own. */
  #ownPowerDbm = new Float64Array(0);
  #ownNoiseMw = new Float64Array(0);
  #minSnr = 0;
  #device = 0;
  readonly #snrDb = (cell: number) =>
    this.#powerDbm(this.#device, cell) -
    this.lossDb(this.#device, cell) -
    (this.#ownNoiseMw.length > 0 ? ratioToDb(this.#noise(this.#device, cell)) : this.#noiseDbm[cell]);

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
    this.#losses = new Float64Array(group.capacity);
    this.#kept = new Int32Array(group.capacity).fill(-1);
  }

  /** @param cells per device the cell that it keeps, −1 for one that is associated; devices beyond are associated */
  keepAt(cells: readonly number[]): void {
    this.#kept.fill(-1);
    this.#kept.set(cells.slice(0, this.#kept.length));
  }

  /** Takes the radio parameters of a phase. */
  configure(scenario: Scenario, pathLoss: PathLoss): void {
    const deviceHeightM = scenario[this.#group.kind === 'ue' ? 'ues' : 'sensors'].heightM;
    this.#random = pathLoss.random;
    this.#loss = scenario.cells.map(({ heightM, frequencyHz }) =>
      prepare(pathLoss, { baseHeightM: heightM, deviceHeightM, frequencyHz }),
    );
    this.#txPowerDbm = Float64Array.from(scenario.cells, (cell) => cell.txPowerDbm);
    this.#bandwidthMhz.set(scenario.cells.map((cell) => cell.bandwidthHz / 1e6));
    this.#noiseMw = Float64Array.from(scenario.cells, (cell) => cell.noiseMw ?? scenario.radio.noiseMw);
    this.#noiseDbm = this.#noiseMw.map((noiseMw) => ratioToDb(noiseMw));
    this.#minSnr = scenario.radio.minSnr;
    this.#handoverDelaySteps = scenario.association.handoverDelaySteps;
    this.#configureTransmitters(scenario);
    this.#configureShadows(scenario);
  }

  #configureTransmitters(scenario: Scenario): void {
    const { kind, capacity } = this.#group;
    const all = scenario[`${kind}s`];
    const classes = kind === 'ue' ? scenario.ues.classes : undefined;
    const own = [all, ...(classes ?? [])].some(
      ({ txPowerDbm, noiseMw }) => txPowerDbm !== undefined || noiseMw !== undefined,
    );
    const devices = own ? capacity : 0;
    const classOf = ueClasses(scenario, devices);
    const of = (device: number) => classes?.[classOf[device]];
    this.#ownPowerDbm = Float64Array.from(
      { length: devices },
      (_, device) => of(device)?.txPowerDbm ?? all.txPowerDbm ?? NaN,
    );
    this.#ownNoiseMw = Float64Array.from(
      { length: devices },
      (_, device) => of(device)?.noiseMw ?? all.noiseMw ?? NaN,
    );
  }

  #configureShadows({ radio: { shadowing }, cells }: Scenario): void {
    const key = JSON.stringify(shadowing);
    if (key === this.#shadowKey) return;
    this.#shadowKey = key;
    this.#shadows = shadowing
      ? cells.map(() => new ShadowField(shadowing.stdDb, shadowing.correlationM))
      : [];
    this.#shadows.forEach((field, cell) => field.reset(this.#seed, this.#episode, cell));
  }

  /** Power that a cell receives from a device, which sends with that of its own cell, mW. */
  receivedMw(device: number, cell: number): number {
    const powerDbm = this.#powerDbm(device, this.#group.chosenCell[device]);
    return dbmToMw(powerDbm - this.lossDb(device, cell));
  }

  /** Transmission power of a link, dBm. */
  #powerDbm(device: number, cell: number): number {
    const own = this.#ownPowerDbm.length > 0 ? this.#ownPowerDbm[device] : NaN;
    return own === own ? own : this.#txPowerDbm[cell];
  }

  /** Noise over the band of a link, mW. */
  #noise(device: number, cell: number): number {
    const own = this.#ownNoiseMw.length > 0 ? this.#ownNoiseMw[device] : NaN;
    return own === own ? own : this.#noiseMw[cell];
  }

  /** Draws the links' variates of an episode: one stream per device, so that devices do not disturb each other. */
  reset(seed: number, episode: number): void {
    this.linkTrace?.reset();
    this.#seed = seed;
    this.#episode = episode;
    this.#shadows.forEach((field, cell) => field.reset(seed, episode, cell));
    const cells = this.#cells.count;
    for (let device = 0; device * cells < this.#losUniform.length; device++) {
      const random = new RandomStream(seed, `${this.#group.kind}/links`, episode, device);
      for (let link = device * cells; link < (device + 1) * cells; link++) {
        this.#losUniform[link] = random.uniform();
        this.#shadowNormal[link] = random.normal();
      }
    }
  }

  /** Path loss of a link, dB. */
  lossDb(device: number, cell: number): number {
    const { x, y } = this.#group.field;
    const dx = x[device] - this.#cells.x[cell];
    const dy = y[device] - this.#cells.y[cell];
    const link = this.#random ? device * this.#cells.count + cell : 0;
    const lossDb = this.#loss[cell](
      Math.sqrt(dx * dx + dy * dy),
      this.#random ? this.#losUniform[link] : 0,
      this.#random ? this.#shadowNormal[link] : 0,
    );
    return this.#shadows.length === 0 ? lossDb : lossDb + this.#shadows[cell].at(x[device], y[device]);
  }

  /**
   * Associates the active devices and computes their spectral efficiency.
   *
   * @param metrics counts devices that come from another cell
   */
  update(associate: Association, step: number, metrics: Metrics): void {
    this.linkTrace?.advance(step);
    if (this.#cells.count > 1) this.#associate(associate, step, metrics);
    else this.#associateWithTheOne();
    this.#computeLosses();
    this.refresh(step);
  }

  /** Computes the spectral efficiency anew, where everybody is. @param interferenceMw per cell, added to the noise */
  refresh(step: number, interferenceMw?: Float64Array): void {
    this.#computeEfficiency(interferenceMw);
    if (this.linkTrace) this.#applyMeasured(this.linkTrace);
    if (this.#handoverDelaySteps > 0) this.#holdBack(step);
  }

  #holdBack(step: number): void {
    const { active, cell, efficiency, heldUntil } = this.#group;
    for (let device = 0; device < active; device++) {
      if (step >= heldUntil[device]) continue;
      efficiency[device] = 0;
      cell[device] = -1;
    }
  }

  #associate(associate: Association, step: number, metrics: Metrics): void {
    const { active, field, chosenCell, heldUntil } = this.#group;
    for (let device = 0; device < active; device++) {
      if (field.away[device] === 1) continue;
      this.#device = device;
      const before = chosenCell[device];
      const recorded = this.linkTrace?.cell(device) ?? -1;
      const kept = recorded >= 0 ? recorded : this.#kept[device];
      const chosen =
        kept >= 0 ? kept : associate(field.x[device], field.y[device], before, this.#cells, this.#snrDb);
      if (before >= 0 && chosen !== before) {
        metrics.values[chosen * Counter.Stride + Counter.handovers]++;
        heldUntil[device] = step + this.#handoverDelaySteps;
      }
      chosenCell[device] = chosen;
    }
  }

  // A loop, as calling the built-in fill costs more than a few devices do.
  #associateWithTheOne(): void {
    const { active, chosenCell, field } = this.#group;
    for (let device = 0; device < active; device++) chosenCell[device] = field.away[device] === 1 ? -1 : 0;
  }

  #computeLosses(): void {
    const { active, chosenCell, field } = this.#group;
    const { x, y } = this.#cells;
    const losses = this.#losses;
    for (let device = 0; device < active; device++) {
      if (chosenCell[device] < 0) continue;
      const dx = field.x[device] - x[chosenCell[device]];
      const dy = field.y[device] - y[chosenCell[device]];
      losses[device] = Math.sqrt(dx * dx + dy * dy);
    }
    if (this.#random) this.#applyRandomLoss();
    else
      for (let device = 0; device < active; device++) {
        const chosen = chosenCell[device];
        if (chosen >= 0) applyLoss(this.#loss[chosen], losses, device);
      }
    if (this.#shadows.length === 0) return;
    for (let device = 0; device < active; device++) {
      const chosen = chosenCell[device];
      if (chosen >= 0) losses[device] += this.#shadows[chosen].at(field.x[device], field.y[device]);
    }
  }

  #applyRandomLoss(): void {
    const { active, chosenCell } = this.#group;
    const losses = this.#losses;
    for (let device = 0; device < active; device++) {
      if (chosenCell[device] < 0) continue;
      const link = device * this.#cells.count + chosenCell[device];
      const loss = this.#loss[chosenCell[device]];
      losses[device] = loss(losses[device], this.#losUniform[link], this.#shadowNormal[link]);
    }
  }

  /** bit/s/Hz = log2(1 + SNR), SNR = 10^((P − L)/10) / noise, as `radio` has it, without a number on the heap. */
  #computeEfficiency(interferenceMw?: Float64Array): void {
    const { active, cell, chosenCell, efficiency } = this.#group;
    const losses = this.#losses;
    const txPowerDbm = this.#txPowerDbm;
    const noiseMw = this.#noiseMw;
    const minSnr = this.#minSnr;
    const own = this.#ownPowerDbm.length > 0;
    for (let device = 0; device < active; device++) {
      const chosen = chosenCell[device];
      if (chosen < 0) {
        efficiency[device] = 0;
        cell[device] = -1;
        continue;
      }
      const powerDbm = own ? this.#powerDbm(device, chosen) : txPowerDbm[chosen];
      efficiency[device] = ((powerDbm - losses[device]) / 10) * LN10;
      expAt(efficiency, device);
      const noise = own ? this.#noise(device, chosen) : noiseMw[chosen];
      const ratio =
        efficiency[device] / (interferenceMw === undefined ? noise : noise + interferenceMw[chosen]);
      if (ratio >= minSnr && ratio > 0) {
        efficiency[device] = 1 + ratio;
        logAt(efficiency, device);
        efficiency[device] *= INVERSE_LN2;
        cell[device] = chosen;
      } else {
        efficiency[device] = 0;
        cell[device] = -1;
      }
    }
  }

  #applyMeasured(linkTrace: LinkTrace): void {
    const { active, cell, chosenCell, efficiency } = this.#group;
    for (let device = 0; device < active; device++) {
      const measured = linkTrace.rateMbps(device);
      const chosen = chosenCell[device];
      if (measured < 0 || chosen < 0) continue;
      efficiency[device] = measured / this.#bandwidthMhz[chosen];
      cell[device] = measured > 0 ? chosen : -1;
    }
  }
}

// Equal models and geometries share one prepared function: an engine inlines one, but not many of the same making, and a
// function that is not inlined hands every loss over on the heap.
const models = new Map<string, PathLoss>();
let modelsRevision = 0;
const preparedLosses = new WeakMap<PathLoss, Map<string, LossFunction>>();

/** The path-loss model that a scenario names. */
export function pathLossOf({ radio }: Scenario): PathLoss {
  if (modelsRevision !== pathLossModels.revision) models.clear();
  modelsRevision = pathLossModels.revision;
  const key = JSON.stringify(radio.pathLoss);
  let pathLoss = models.get(key);
  if (pathLoss === undefined) {
    const { model, ...options } = radio.pathLoss;
    pathLoss = pathLossModels.get(model, 'radio.pathLoss.model')(options);
    models.set(key, pathLoss);
  }
  return pathLoss;
}

function prepare(pathLoss: PathLoss, geometry: LinkGeometry): LossFunction {
  let known = preparedLosses.get(pathLoss);
  if (known === undefined) preparedLosses.set(pathLoss, (known = new Map()));
  const key = `${geometry.baseHeightM} ${geometry.deviceHeightM} ${geometry.frequencyHz}`;
  let loss = known.get(key);
  if (loss === undefined) known.set(key, (loss = pathLoss.prepare(geometry)));
  return loss;
}

/** Replaces a distance (m) by the loss (dB) of a model without random variates. */
function applyLoss(loss: LossFunction, values: Float64Array, at: number): void {
  values[at] = loss(values[at], 0, 0);
}
