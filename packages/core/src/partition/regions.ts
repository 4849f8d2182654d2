import { airtimeAt, type PartitionProblem } from './problem.js';
import { measure } from './score.js';

/** A server counts as overloaded when less than this share of Ψ_b is left. */
const LEAST_LEFT = 1e-6;
/** Demand, in multiples of Ψ_b, of a twin that server b cannot serve in time. */
const OUT_OF_REACH = 1e3;

/**
 * A partition under change: the sums over regions follow every move, so that the exact change of the objective costs a
 * few operations. Costs here are J · B / scaleMs = Σ_b α_b (∫ f_b g + Λρ α_b / ψ_b); an overloaded server costs more than
 * any feasible partition and the more, the more it is overloaded, so that descent leads to feasible partitions first.
 *
 * A unit is what moves together with its computing demand: where twins follow cells, a cell and the twins in it; where
 * they are free, one twin.
 */
export class Regions {
  readonly mass: Float64Array;
  readonly airtime: Float64Array;
  readonly computeLeftHz: Float64Array;
  /** Unit of a cell, `[cells]`, −1 without; all −1 where twins are free. */
  readonly unitOfCell: Int32Array;
  /** Cell of a unit, −1 for a free twin. */
  readonly unitCell: Int32Array;
  readonly units: number;
  /** Σ φ_kb over a unit's twins, `[units × servers]`, cycle/s. */
  readonly unitDemandHz: Float64Array;
  /** Server of a unit, `[units]`. */
  readonly unitServer: Uint16Array;
  readonly #twinUnit: Int32Array;
  readonly #penalty: number;

  /**
   * @param labels server of every cell; changed in place
   * @param twinServers server of every twin; with `twinsFollow` that of its cell
   */
  constructor(
    readonly problem: PartitionProblem,
    readonly labels: Uint16Array,
    twinServers: Uint16Array,
    readonly twinsFollow: boolean,
  ) {
    const { servers, twins, twinCell, demandHz } = problem;
    this.unitOfCell = new Int32Array(problem.cells).fill(-1);
    this.#twinUnit = new Int32Array(twins);
    const unitCell: number[] = [];
    for (let k = 0; k < twins; k++) {
      let unit = twinsFollow ? this.unitOfCell[twinCell[k]] : -1;
      if (unit < 0) {
        unit = unitCell.length;
        unitCell.push(twinsFollow ? twinCell[k] : -1);
        if (twinsFollow) this.unitOfCell[twinCell[k]] = unit;
      }
      this.#twinUnit[k] = unit;
    }
    this.units = unitCell.length;
    this.unitCell = Int32Array.from(unitCell);
    this.unitDemandHz = new Float64Array(this.units * servers);
    this.unitServer = new Uint16Array(this.units);
    for (let k = 0; k < twins; k++) {
      const unit = this.#twinUnit[k];
      this.unitServer[unit] = twinServers[k];
      for (let b = 0; b < servers; b++) {
        const demand = Math.min(demandHz[k * servers + b], OUT_OF_REACH * problem.computeHz[b]);
        this.unitDemandHz[unit * servers + b] += demand;
      }
    }
    const shares = measure(problem, labels, twinServers);
    this.mass = shares.mass;
    this.airtime = shares.airtime;
    this.computeLeftHz = problem.computeHz.slice();
    for (let unit = 0; unit < this.units; unit++) {
      const b = this.unitServer[unit];
      this.computeLeftHz[b] -= this.unitDemandHz[unit * servers + b];
    }
    const leastHz = problem.computeHz.reduce((least, value) => Math.min(least, value));
    const mostAirtime = shares.airtime.reduce((sum, value) => sum + value, 0);
    this.#penalty = 10 * (mostAirtime + problem.renderCycles / (LEAST_LEFT * leastHz));
  }

  /** Whether every server has computing power left for rendering. */
  feasible(): boolean {
    return this.computeLeftHz.every((left, b) => left >= LEAST_LEFT * this.problem.computeHz[b]);
  }

  /** Server of every twin, `[twins]`. */
  twinServers(): Uint16Array {
    return Uint16Array.from(this.#twinUnit, (unit) => this.unitServer[unit]);
  }

  /** Σ_b of the cost. */
  cost(): number {
    let total = 0;
    for (let b = 0; b < this.problem.servers; b++) total += this.costOf(b);
    return total;
  }

  costOf(b: number): number {
    return this.#cost(b, this.mass[b], this.airtime[b], this.computeLeftHz[b]);
  }

  /** Cost of server b after it has changed by so much mass, airtime and load (cycle/s taken). */
  costAfter(b: number, mass: number, airtime: number, loadHz: number): number {
    return this.#cost(b, this.mass[b] + mass, this.airtime[b] + airtime, this.computeLeftHz[b] - loadHz);
  }

  #cost(b: number, mass: number, airtime: number, leftHz: number): number {
    const least = LEAST_LEFT * this.problem.computeHz[b];
    if (leftHz < least) return this.#penalty * (1 + (least - leftHz) / this.problem.computeHz[b]);
    return mass * (airtime + (this.problem.renderCycles * mass) / leftHz);
  }

  /** Moves a cell, and the unit in it, to server `to`. */
  moveCell(cell: number, to: number): void {
    const from = this.labels[cell];
    const g = this.problem.mass[cell];
    this.mass[from] -= g;
    this.mass[to] += g;
    this.airtime[from] -= g * airtimeAt(this.problem, from, cell);
    this.airtime[to] += g * airtimeAt(this.problem, to, cell);
    this.labels[cell] = to;
    const unit = this.unitOfCell[cell];
    if (unit >= 0) this.#moveDemand(unit, to);
  }

  /** Moves a unit, and its cell where it has one, to server `to`. */
  moveUnit(unit: number, to: number): void {
    if (this.unitCell[unit] >= 0) this.moveCell(this.unitCell[unit], to);
    else this.#moveDemand(unit, to);
  }

  #moveDemand(unit: number, to: number): void {
    const { servers } = this.problem;
    const from = this.unitServer[unit];
    this.computeLeftHz[from] += this.unitDemandHz[unit * servers + from];
    this.computeLeftHz[to] -= this.unitDemandHz[unit * servers + to];
    this.unitServer[unit] = to;
  }
}
