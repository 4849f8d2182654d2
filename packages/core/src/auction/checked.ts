import { InvalidInputError, type Problem } from '../errors/index.js';
import { DEADLINE_SLACK } from './admission.js';
import type { Market } from './market.js';
import type { Allocation, Mechanism } from './mechanism.js';

/**
 * A user's mechanism whose every allocation is checked: a winner that exists, tasks of it in ascending order that end in
 * time, finite prices, a simulator that exists. Missing `scores` and `bids` become empty.
 *
 * @throws InvalidInputError when it is run and does not say what it has to
 */
export function checkedMechanism(mechanism: Mechanism): Mechanism {
  return {
    name: mechanism.name,
    run(market) {
      const allocation: Partial<Allocation> | undefined = mechanism.run(market);
      const problems = problemsOf(market, allocation ?? {});
      if (problems.length > 0) throw new InvalidInputError(`mechanism ${mechanism.name}`, problems);
      const checked = allocation as Allocation;
      return { ...checked, scores: allocation?.scores ?? [], bids: allocation?.bids ?? [] };
    },
  };
}

function problemsOf(market: Market, allocation: Partial<Allocation>): Problem[] {
  const { winner, tasks, price, simulator, simulatorPrice } = allocation;
  const problems: Problem[] = [];
  const add = (path: string, message: string): number => problems.push({ path, message });
  for (const [path, value] of Object.entries({ price, simulatorPrice })) {
    if (!Number.isFinite(value)) add(path, `expected a finite number, got ${String(value)}`);
  }
  if (simulator !== 'driving' && !isIndex(simulator, market.simulators)) {
    add('simulator', `expected "driving" or 0 to ${market.simulators - 1}, got ${String(simulator)}`);
  }
  if (!isIndex(winner, market.vehicles)) {
    add('winner', `expected 0 to ${market.vehicles - 1}, got ${String(winner)}`);
    return problems;
  }
  const first = market.firstTask[winner];
  const count = market.firstTask[winner + 1] - first;
  if (!Array.isArray(tasks) || !tasks.every((n, k) => isIndex(n, count) && (k === 0 || n > tasks[k - 1]))) {
    add('tasks', `expected tasks of vehicle ${winner} in ascending order, got ${JSON.stringify(tasks)}`);
    return problems;
  }
  let end = 0;
  for (let at = first; at < first + count; at++) {
    const n = market.order[at];
    if (!tasks.includes(n)) continue;
    end += market.durationS[first + n];
    const deadline = market.deadlineS[first + n];
    if (end > deadline * (1 + DEADLINE_SLACK)) {
      add('tasks', `vehicle ${winner}, task ${n}: ends at ${end} s, after its deadline of ${deadline} s`);
    }
  }
  return problems;
}

function isIndex(value: unknown, count: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < count;
}
