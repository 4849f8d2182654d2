import type { AuctionInstance, AuctionVehicle } from '../instance.js';

/** A second program for the four mechanisms, by plain enumeration; shares no code with the first. */

/** Lanczos approximation of ln Γ (g = 7, n = 9). */
function logGamma(x: number): number {
  const c = [
    0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
    12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
  ];
  let sum = c[0];
  for (let k = 1; k < 9; k++) sum += c[k] / (x - 1 + k);
  const t = x - 1 + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

export function orderStatisticMean(a: number, J: number, k: number): number {
  return (
    ((a - 1) / a) * Math.exp(logGamma(J + 1) + logGamma(k - 1 / a) - logGamma(J + 1 - 1 / a) - logGamma(k))
  );
}

export interface ReferenceOutcome {
  winner: number;
  tasks: number[];
  price: number;
  simulator: number | 'driving';
  simulatorPrice: number;
  total: number;
  optimum: number;
}

export function reference(market: AuctionInstance, mechanism: string): ReferenceOutcome {
  const a = market.prior.tail;
  const J = market.matches[0].length;
  const em1 = orderStatisticMean(a, J, 1);
  const em2 = orderStatisticMean(a, J, 2);
  const mu0 = market.prior.drivingMatch ?? (em1 + em2) / 2;
  const alpha = J === 1 ? 1 : Math.max(1, mu0 / em2);
  const gain =
    J === 1 ? em1 : ((em2 * a) / (a - 1)) * Math.pow(alpha, 1 - a) + mu0 * (1 - Math.pow(alpha, -a));

  const time = (vehicle: AuctionVehicle, n: number): number => {
    const { bits, cyclesPerBit } = vehicle.tasks[n];
    const rate = market.bandwidthHz * Math.log2(1 + Math.pow(10, vehicle.snrDb / 10));
    return bits / rate + (bits * cyclesPerBit) / market.computeHz;
  };
  const isFeasible = (vehicle: AuctionVehicle, set: number[]): boolean => {
    const queue = [...set].sort((x, y) => vehicle.tasks[x].deadlineS - vehicle.tasks[y].deadlineS || x - y);
    let end = 0;
    return queue.every((n) => (end += time(vehicle, n)) <= vehicle.tasks[n].deadlineS + 1e-12);
  };
  const rest = (vehicle: AuctionVehicle, set: number[]): number =>
    market.simulationValue *
    vehicle.usefulness *
    Math.max(0, 1 - set.reduce((sum, n) => sum + time(vehicle, n), 0) / market.cycleS);
  const worth = (vehicle: AuctionVehicle, set: number[]): number =>
    set.reduce((sum, n) => sum + vehicle.tasks[n].value, 0);
  const feasibleSets = (vehicle: AuctionVehicle): number[][] => {
    const sets: number[][] = [];
    for (let mask = 0; mask < 2 ** vehicle.tasks.length; mask++) {
      const set = [...vehicle.tasks.keys()].filter((n) => Math.floor(mask / 2 ** n) % 2 === 1);
      if (isFeasible(vehicle, set)) sets.push(set);
    }
    return sets;
  };
  const argmax = (sets: number[][], objective: (set: number[]) => number): number[] => {
    let best = sets[0] ?? [];
    for (const set of sets) if (objective(set) > objective(best)) best = set;
    return best;
  };
  const serve = (vehicle: AuctionVehicle): number[] => {
    const sets = feasibleSets(vehicle);
    const something = sets.filter((set) => set.length > 0);
    if (mechanism === 'mtepvisa-choice')
      return argmax(sets, (set) => worth(vehicle, set) + gain * rest(vehicle, set));
    if (mechanism === 'mtepvisa')
      return argmax(something, (set) => market.prior.taskValueMean * set.length + gain * rest(vehicle, set));
    return argmax(
      something.filter((set) => set.length === 1),
      (set) => vehicle.tasks[set[0]].value,
    );
  };

  const served = market.vehicles.map(serve);
  const isPlain = mechanism === 'pvisa';
  const scores = market.vehicles.map(
    (vehicle, i) =>
      (vehicle.bid ?? worth(vehicle, served[i])) + (isPlain ? 0 : gain * rest(vehicle, served[i])),
  );
  const winner = scores.indexOf(Math.max(...scores));
  const second = scores.length === 1 ? 0 : Math.max(...scores.filter((_, i) => i !== winner));
  const C = rest(market.vehicles[winner], served[winner]);
  let price = second - (isPlain ? 0 : gain * C);
  if (mechanism !== 'mtepvisa-choice') price = Math.max(0, price);

  const bids = (market.reportedMatches ?? market.matches)[winner].map((m) => C * m);
  const top = bids.indexOf(Math.max(...bids));
  const next = Math.max(0, ...bids.filter((_, j) => j !== top));
  let simulator: number | 'driving' = 'driving';
  let simulatorPrice = 0;
  if (isPlain) {
    const all = [...bids, mu0 * market.prior.remainingMean];
    const best = all.indexOf(Math.max(...all));
    if (best < J) simulator = best;
    simulatorPrice = Math.max(...all.filter((_, j) => j !== best));
  } else if (bids[top] > alpha * next) {
    simulator = top;
    simulatorPrice = alpha * next;
  }
  const optimum = Math.max(
    ...market.vehicles.flatMap((vehicle, i) =>
      feasibleSets(vehicle).map(
        (set) => worth(vehicle, set) + rest(vehicle, set) * Math.max(mu0, ...market.matches[i]),
      ),
    ),
  );
  const match = simulator === 'driving' ? mu0 : market.matches[winner][simulator];
  const total = worth(market.vehicles[winner], served[winner]) + C * match;
  return { winner, tasks: served[winner], price, simulator, simulatorPrice, total, optimum };
}
