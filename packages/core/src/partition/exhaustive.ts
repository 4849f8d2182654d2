import { countPieces } from './connected.js';
import { airtimeAt, type PartitionProblem } from './problem.js';
import { subSync } from './score.js';

/** Partitions that may be enumerated. */
const MAX_PARTITIONS = 1 << 20;

/** A partition: servers of cells and twins. */
export interface Assignment {
  readonly labels: Uint16Array;
  readonly twinServers: Uint16Array;
}

/** Whether an instance is small enough for {@link solveExhaustively}. */
export function isTiny({ servers, cells, twins }: PartitionProblem, twinsFollow: boolean): boolean {
  const choices = cells + (twinsFollow ? 0 : twins);
  return choices <= 20 && servers ** choices <= MAX_PARTITIONS;
}

/** The best of all partitions, or undefined if every one overloads a server. */
export function solveExhaustively(
  problem: PartitionProblem,
  twinsFollow: boolean,
  connected: boolean,
): Assignment | undefined {
  const { servers, cells, twins, demandHz, twinCell } = problem;
  const mass = new Float64Array(servers);
  const airtime = new Float64Array(servers);
  const labels = new Uint16Array(cells);
  const twinServers = new Uint16Array(twins);
  let best: Assignment | undefined;
  let least = Infinity;

  const visitTwin = (k: number) => {
    if (k === twins) return visitLeaf();
    if (twinsFollow) {
      twinServers[k] = labels[twinCell[k]];
      return visitTwin(k + 1);
    }
    for (let b = 0; b < servers; b++) {
      twinServers[k] = b;
      visitTwin(k + 1);
    }
  };
  const visitCell = (cell: number) => {
    if (cell === cells) return visitTwin(0);
    const g = problem.mass[cell];
    for (let b = 0; b < servers; b++) {
      labels[cell] = b;
      const [massBefore, airtimeBefore] = [mass[b], airtime[b]];
      mass[b] += g;
      airtime[b] += g * airtimeAt(problem, b, cell);
      visitCell(cell + 1);
      mass[b] = massBefore;
      airtime[b] = airtimeBefore;
    }
  };
  const left = new Float64Array(servers);
  const visitLeaf = () => {
    left.set(problem.computeHz);
    for (let k = 0; k < twins; k++) left[twinServers[k]] -= demandHz[k * servers + twinServers[k]];
    let total = 0;
    for (let b = 0; b < servers; b++) total += subSync(problem.renderCycles, mass[b], airtime[b], left[b]);
    if (!(total < least)) return;
    if (connected && countPieces(problem, labels).some((pieces) => pieces > 1)) return;
    least = total;
    best = { labels: labels.slice(), twinServers: twinServers.slice() };
  };
  visitCell(0);
  return best;
}
