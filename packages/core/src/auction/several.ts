import { bestAssignment } from './assignment.js';
import type { AuctionInstance, RoadsideUnit } from './instance.js';
import { Market, type MarketOptions } from './market.js';
import { modifiedSecondBid, type RestSale } from './offline.js';

/** What one unit's cycle goes for. */
export interface UnitSale extends RestSale {
  readonly unit: number;
  readonly winner: number;
  readonly tasks: readonly number[];
  /** VCG price of the winner: what its presence costs the others, less what its rest is expected to give. */
  readonly price: number;
  readonly remainingValue: number;
  /** True value of its tasks − price: W − W without it, ≥ 0 for the truth. */
  readonly utility: number;
}

/** Cycles of several units sold at once. */
export interface SeveralOutcome {
  readonly sales: readonly UnitSale[];
  /** W = Σ (Σv + gain · C) of the sales, the largest there is. */
  readonly worth: number;
  readonly surplus: { readonly tasks: number; readonly simulation: number; readonly total: number };
  /** What all units are paid by vehicles and simulators. */
  readonly roadside: number;
}

/**
 * Sells the cycles of several roadside units at once, at most one to a vehicle: the assignment that maximises
 * W = Σ max_A (Σv + gain · C(A)) with VCG prices p_i = W(without i) − (W − w_i) − gain · C_i, and every rest by modified
 * second bid. With one unit it is `mtepvisa-choice`. Served sets and worths come from the vehicles' task values; `bid` is not
 * used.
 *
 * @param units at least one; default: the instance's own `roadsideUnits`, or itself
 */
export function sellSeveral(
  instance: AuctionInstance,
  units: readonly RoadsideUnit[] = instance.roadsideUnits ?? [instance],
  options: MarketOptions = {},
): SeveralOutcome {
  const markets = units.map(
    ({ bandwidthHz, computeHz }) => new Market({ ...instance, bandwidthHz, computeHz }, options),
  );
  const vehicles = instance.vehicles.length;
  const worth = new Float64Array(units.length * vehicles);
  const served = markets.map((market) => new Uint8Array(market.value.length));
  markets.forEach((market, r) => {
    for (let i = 0; i < vehicles; i++) {
      const rest = market.rest(i, market.serveBest(i, 'value', market.gain, served[r]));
      worth[r * vehicles + i] = market.servedValue(i, served[r]) + market.gain * rest;
    }
  });
  const assigned = bestAssignment(worth, units.length, vehicles);
  const total = totalOf(worth, assigned, vehicles);
  const sales: UnitSale[] = [];
  let tasksWorth = 0;
  let simulation = 0;
  let roadside = 0;
  assigned.forEach((i, unit) => {
    if (i < 0) return;
    const market = markets[unit];
    const rest = market.rest(i, market.busy(i, served[unit]));
    const value = market.servedValue(i, served[unit]);
    const without = worth.slice();
    // Worth nothing, a vehicle is as good as absent: every unit may stay free.
    for (let r = 0; r < units.length; r++) without[r * vehicles + i] = 0;
    const others = totalOf(without, bestAssignment(without, units.length, vehicles), vehicles);
    const price = others - (total - worth[unit * vehicles + i]) - market.gain * rest;
    const sale = modifiedSecondBid(market, i, rest);
    const match = sale.simulator === 'driving' ? market.drivingMatch : instance.matches[i][sale.simulator];
    const first = market.firstTask[i];
    const tasks = instance.vehicles[i].tasks.flatMap((_, n) => (served[unit][first + n] === 1 ? [n] : []));
    sales.push({
      ...{ unit, winner: i, tasks, price, remainingValue: rest, utility: value - price },
      ...sale,
    });
    tasksWorth += value;
    simulation += rest * match;
    roadside += price + sale.simulatorPrice;
  });
  const surplus = { tasks: tasksWorth, simulation, total: tasksWorth + simulation };
  return { sales, worth: total, surplus, roadside };
}

function totalOf(worth: Float64Array, assigned: Int32Array, vehicles: number): number {
  return assigned.reduce((sum, i, r) => (i < 0 ? sum : sum + worth[r * vehicles + i]), 0);
}
