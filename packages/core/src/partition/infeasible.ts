import { InfeasibleError } from '../errors/index.js';
import type { PartitionProblem } from './problem.js';
import { computeLeft } from './score.js';

/** A twin that no server can serve in time, even with all of its computing power. */
export interface UnservableTwin {
  readonly twin: number;
  /** The server that comes closest. */
  readonly bestServer: number;
  readonly deadlineS: number;
  /** D/r + ΓD/Ψ at that server, s. */
  readonly leastSyncS: number;
  /** How much later than the deadline that is, s; ≥ 0. */
  readonly lateByS: number;
}

/**
 * What makes an instance infeasible whatever the partition.
 *
 * @param freeTwins whether a twin may live on another server than its cell
 * @throws InfeasibleError with `reason` `twin-deadline` (some twin cannot be served in time by any server), `cell-capacity`
 * (the twins of one cell, which follow it together, need more than any server has) or `capacity` (Σ_k min_b φ_kb >= Σ_b Ψ_b:
 * the twins' least demand leaves nothing for rendering)
 */
export function checkFeasibility(problem: PartitionProblem, freeTwins = false): void {
  const twins = unservableTwins(problem);
  const first = twins[0];
  if (first !== undefined) {
    throw new InfeasibleError(
      `twin ${first.twin} cannot be served in time by any server: at best ${show(first.leastSyncS * 1e3)} ms by server ` +
        `${first.bestServer}, ${show(first.lateByS * 1e3)} ms later than its deadline` +
        (twins.length > 1 ? `; ${twins.length - 1} more twins likewise` : ''),
      { reason: 'twin-deadline', ...first, twins },
    );
  }
  if (!freeTwins) checkCells(problem);
  let demandHz = 0;
  for (let k = 0; k < problem.twins; k++) {
    let least = Infinity;
    for (let b = 0; b < problem.servers; b++) {
      least = Math.min(least, problem.demandHz[k * problem.servers + b]);
    }
    demandHz += least;
  }
  const capacityHz = problem.computeHz.reduce((sum, value) => sum + value, 0);
  if (demandHz < capacityHz) return;
  throw new InfeasibleError(
    `the twins need at least ${show(demandHz / 1e9)} GHz, each at its cheapest server, of ${show(capacityHz / 1e9)} GHz in all`,
    { reason: 'capacity', demandHz, capacityHz, deficitHz: demandHz - capacityHz },
  );
}

/** Whether every cell's twins fit together on some server. */
function checkCells(problem: PartitionProblem): void {
  const { servers, columns, demandHz, computeHz, twinCell } = problem;
  const twinsOf = new Map<number, number[]>();
  twinCell.forEach((cell, k) => twinsOf.set(cell, [...(twinsOf.get(cell) ?? []), k]));
  for (const [cell, twins] of twinsOf) {
    if (twins.length === 1) continue;
    let leastDeficitHz = Infinity;
    let bestServer = 0;
    for (let b = 0; b < servers; b++) {
      const needed = twins.reduce((sum, k) => sum + demandHz[k * servers + b], 0);
      if (needed - computeHz[b] < leastDeficitHz) {
        leastDeficitHz = needed - computeHz[b];
        bestServer = b;
      }
    }
    if (leastDeficitHz < 0) continue;
    const row = Math.floor(cell / columns);
    const column = cell - row * columns;
    throw new InfeasibleError(
      `the ${twins.length} twins of cell (${column}, ${row}) need more than any server has: ` +
        (leastDeficitHz === Infinity
          ? 'no server can serve all of them in time'
          : `at least ${show(leastDeficitHz / 1e9)} GHz too much, at server ${bestServer}`) +
        '; twins that follow their cell live on one server (--free-twins, or a finer grid)',
      { reason: 'cell-capacity', column, row, twins, bestServer, deficitHz: leastDeficitHz },
    );
  }
}

/**
 * A partition that overloads a server although another might not.
 *
 * @param method the method whose partition it is
 */
export function overloadError(
  problem: PartitionProblem,
  method: string,
  twinServers: Uint16Array,
): InfeasibleError {
  const { servers, twins, demandHz } = problem;
  // demand of twins out of a server's reach is infinite: they are named one by one and left out of the sums
  const unserved: { twin: number; server: number }[] = [];
  const servable = new Float64Array(demandHz);
  for (let k = 0; k < twins; k++) {
    const server = twinServers[k];
    if (demandHz[k * servers + server] !== Infinity) continue;
    unserved.push({ twin: k, server });
    servable[k * servers + server] = 0;
  }
  const left = computeLeft({ ...problem, demandHz: servable }, twinServers);
  const overloaded = [...left]
    .map((computeLeftHz, server) => ({ server, deficitHz: -computeLeftHz }))
    .filter(({ deficitHz }) => deficitHz >= 0)
    .sort((one, other) => other.deficitHz - one.deficitHz);
  if (overloaded.length === 0 && unserved.length === 0) {
    const message = `the partition of method ${method} has no finite time: numbers of the instance are too large together`;
    return new InfeasibleError(message, { reason: 'overflow', method });
  }
  const worst = overloaded[0] ?? { server: unserved[0].server, deficitHz: 0 };
  const message =
    overloaded.length > 0
      ? `the partition of method ${method} overloads server ${worst.server} by ${show(worst.deficitHz / 1e9)} GHz`
      : `the partition of method ${method} puts twin ${unserved[0].twin} at server ${worst.server}, which cannot serve it in time`;
  return new InfeasibleError(`${message}; another partition might be feasible`, {
    reason: 'overload',
    method,
    ...worst,
    servers: overloaded,
    unservedTwins: unserved,
  });
}

function unservableTwins(problem: PartitionProblem): UnservableTwin[] {
  const { instance, servers, twins, demandHz, uploadS, computeHz } = problem;
  const found: UnservableTwin[] = [];
  for (let k = 0; k < twins; k++) {
    const { deadlineS, dataBits, cyclesPerBit } = instance.twins[k];
    let served = false;
    let leastSyncS = Infinity;
    let bestServer = 0;
    for (let b = 0; b < servers; b++) {
      // ψ_b has to stay positive: a twin that takes all of Ψ_b is not served either
      if (demandHz[k * servers + b] < computeHz[b]) served = true;
      const syncS = uploadS[k * servers + b] + (cyclesPerBit * dataBits) / computeHz[b];
      if (syncS < leastSyncS) {
        leastSyncS = syncS;
        bestServer = b;
      }
    }
    if (served) continue;
    found.push({ twin: k, bestServer, deadlineS, leastSyncS, lateByS: leastSyncS - deadlineS });
  }
  return found;
}

const show = (value: number) => String(Number(value.toPrecision(4)));
