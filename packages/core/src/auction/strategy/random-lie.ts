import type { RandomStream } from '../../random/index.js';
import type { AuctionInstance } from '../instance.js';
import { addIdentity, replaceVehicle, reportMatches, type Lie } from './lie.js';

/**
 * One lie at random: a bid or a second identity's bid of 0 to 3 times the worth of all tasks, one hidden task, or a match
 * with one vehicle reported 0 to 3 times.
 *
 * @returns undefined for `hide` where the vehicle has no task
 */
export function randomLie(
  truth: AuctionInstance,
  kind: 'bid' | 'shill' | 'hide' | 'report',
  stream: RandomStream,
): Lie | undefined {
  const i = stream.integer(truth.vehicles.length);
  if (kind === 'report') {
    return reportMatches(truth, stream.integer(truth.matches[0].length), i, 3 * stream.uniform());
  }
  const vehicle = truth.vehicles[i];
  const numbers = vehicle.tasks.map((_, n) => n);
  if (kind === 'hide') {
    if (numbers.length === 0) return undefined;
    const hidden = stream.integer(numbers.length);
    const kept = numbers.filter((n) => n !== hidden);
    const said = { ...vehicle, tasks: kept.map((n) => vehicle.tasks[n]) };
    const text = `vehicle ${i} hides task ${hidden}`;
    return replaceVehicle(
      truth,
      { kind, vehicles: [i], text },
      new Map([[i, { vehicle: said, tasks: kept }]]),
    );
  }
  const bid = 3 * stream.uniform() * vehicle.tasks.reduce((sum, { value }) => sum + value, 0);
  const said = { ...vehicle, bid };
  if (kind === 'shill') {
    const text = `vehicle ${i} bids a second time, ${bid}`;
    return addIdentity(truth, { kind, vehicles: [i], text }, i, said, numbers);
  }
  const text = `vehicle ${i} bids ${bid}`;
  return replaceVehicle(truth, { kind, vehicles: [i], text }, new Map([[i, { vehicle: said }]]));
}
