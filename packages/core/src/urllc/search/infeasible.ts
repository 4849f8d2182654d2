import { InfeasibleError } from '../../errors/index.js';
import { BarrierSolver } from '../barrier/barrier.js';
import { Constraint } from '../barrier/blocks.js';
import type { BranchResult } from './branch.js';
import { cachingRules, CachingSearch, type Cut } from '../bound/cuts.js';
import { DeviceCosts } from '../bound/device-costs.js';
import { leastExcess, type Reach } from '../bound/reach.js';
import type { ScaledProblem } from '../model/scaled.js';

/** Why an instance has no solution. */
export interface UrllcInfeasibility {
  readonly equation: string;
  readonly constraint: string;
  /** 0-based; null if the limit is a shared one. */
  readonly device: number | null;
  /** All devices that are part of it. */
  readonly devices: readonly number[];
  /** The best value that any decisions give, and its limit, in the same SI unit. */
  readonly value: number;
  readonly limit: number;
  readonly unit: string;
  /** For which caching sets this is shown. */
  readonly scope: 'every admissible caching set' | 'the caching sets tried';
  readonly reason: string;
}

type Limit = Pick<UrllcInfeasibility, 'equation' | 'constraint' | 'value' | 'limit' | 'unit'>;

const EVERY = 'every admissible caching set';
const SEARCH_WORK = 1e7;

/** Throws {@link InfeasibleError} for what can be seen before any search: devices on their own, and forced caching. */
export function throwIfDevicesInfeasible(problem: ScaledProblem, reach: Reach): void {
  const problems: UrllcInfeasibility[] = [];
  const forced: number[] = [];
  let weight = 0;
  const solver = new BarrierSolver(problem, 1);
  for (let m = 0; m < problem.count; m++) {
    if (reach.uncached[m]) continue;
    if (!reach.cached[m]) problems.push(deviceInfeasible(problem, reach, solver, m));
    else {
      forced.push(m);
      weight += problem.sizeBits[m];
    }
  }
  if (problems.length === 0 && weight > problem.capacityBits) {
    const reasons = forced.map((m) => `device ${m}: ${describe(whyNotUncached(problem, solver, m))}`);
    problems.push({
      equation: '6g',
      constraint: 'cache',
      device: forced.length === 1 ? forced[0] : null,
      devices: forced,
      value: weight,
      limit: problem.capacityBits,
      unit: 'bit',
      scope: EVERY,
      reason: `devices ${forced.join(', ')} have to be cached and do not fit together (${reasons.join('; ')})`,
    });
    for (const m of forced) {
      const why = whyNotUncached(problem, solver, m);
      problems.push({ ...why, device: m, devices: [m], scope: EVERY, reason: `device ${m} cannot transmit` });
    }
  }
  if (problems.length > 0) throw infeasible(problems);
}

/** Throws {@link InfeasibleError} for a search over caching sets that found no feasible point. */
export function throwSharedInfeasible(problem: ScaledProblem, reach: Reach, result: BranchResult): never {
  const costs = new DeviceCosts(problem, reach.interior);
  const search = new CachingSearch(cachingRules(problem, reach));
  const band = leastUse(problem, reach, costs, search, 1, 0);
  if (band > 1 + 1e-9) {
    throw infeasible([
      shared('6c', 'bandwidth', band, 1, 'share of B', EVERY, 'least bandwidth that all need'),
    ]);
  }
  const cycles = leastUse(problem, reach, costs, search, 0, 1);
  if (cycles > problem.edgeRate * (1 + 1e-9)) {
    throw infeasible([
      shared(
        '6f',
        'edgeCycles',
        cycles * 1e9,
        problem.edgeRate * 1e9,
        'Hz',
        EVERY,
        'least edge rate that all need',
      ),
    ]);
  }
  const proof = [...result.cuts].reverse().find((cut) => !cut.optimality);
  const limit = proof === undefined ? 1 : proof.lambda + proof.mu * problem.edgeRate;
  const need = proof === undefined ? 1 : limit + search.relaxedBound(proof).bound;
  const isProven = result.lowerBoundMs === Infinity;
  const tried = `${result.setsSolved} tried`;
  const excess = shared(
    '6c, 6f',
    'bandwidth and edge cycles',
    Math.max(need, 0) / limit,
    1,
    'priced use of both over their limits',
    isProven ? EVERY : 'the caching sets tried',
    isProven
      ? `no caching set leaves enough of both (${tried}, the others excluded by bounds); the value is the least over all sets by the last prices alone`
      : `no caching set of those tried leaves enough of both (${tried}); the bound over all sets, the value, excludes none`,
  );
  throw infeasible([excess], isProven);
}

/** Least λ·Σb + μ·Σu over all caching sets, every device keeping its own limits. */
function leastUse(
  problem: ScaledProblem,
  reach: Reach,
  costs: DeviceCosts,
  search: CachingSearch,
  lambda: number,
  mu: number,
): number {
  const cached = new Float64Array(problem.count);
  const uncached = new Float64Array(problem.count);
  for (let m = 0; m < problem.count; m++) {
    if (reach.cached[m]) {
      cached[m] = costs.cached(m, 0, mu) + (problem.rminAll ? lambda * reach.leastBand[m] : 0);
    }
    if (reach.uncached[m]) uncached[m] = costs.uncached(m, 0, lambda, mu, 1e-7);
  }
  const cut: Cut = { optimality: true, base: 0, cached, uncached, lambda, mu };
  const relaxed = search.relaxedBound(cut).bound;
  if (problem.count > 200) return relaxed;
  return Math.max(relaxed, search.search([cut], cut, Infinity, new Set(), SEARCH_WORK).bound);
}

function deviceInfeasible(
  problem: ScaledProblem,
  reach: Reach,
  solver: BarrierSolver,
  device: number,
): UrllcInfeasibility {
  const uncached = whyNotUncached(problem, solver, device);
  const cached = whyNotCached(problem, reach, device);
  return {
    ...uncached,
    device,
    devices: [device],
    scope: EVERY,
    reason: `device ${device} can neither transmit (${describe(uncached)}, with the whole band and edge server) nor be cached (${describe(cached)})`,
  };
}

/** Which limit a device breaks if it is not cached, even with the whole band and the whole edge server. */
function whyNotUncached(problem: ScaledProblem, solver: BarrierSolver, device: number): Limit {
  const { link } = solver.blocks;
  const top = problem.logPower[device];
  let best = 0;
  for (let y = 0; y > -12; y -= 0.01) best = Math.max(best, link.rate(device, y, top));
  const leastRate = problem.slowest[device] < Infinity ? problem.size[device] / problem.slowest[device] : 0;
  if (best <= leastRate) {
    return { equation: '6d', constraint: 'rate', value: best * 1e6, limit: leastRate * 1e6, unit: 'bit/s' };
  }
  const energyMask = 1 << Constraint.energy;
  const late = leastExcess(solver, device, { relax: 1 << Constraint.deadline, drop: energyMask });
  if (late > -1e-6) {
    const limit = problem.deadline[device] / 1e3;
    return { equation: '6b', constraint: 'deadline', value: limit * (1 + late), limit, unit: 's' };
  }
  const spent = leastExcess(solver, device, { relax: energyMask, drop: 0 });
  const limit = problem.energy[device] / 1e3;
  return { equation: '6e', constraint: 'energy', value: limit * (1 + spent), limit, unit: 'J' };
}

function whyNotCached(problem: ScaledProblem, reach: Reach, device: number): Limit {
  const size = problem.sizeBits[device];
  if (size > problem.capacityBits) {
    return { equation: '6g', constraint: 'cache', value: size, limit: problem.capacityBits, unit: 'bit' };
  }
  const edge = problem.work[device] / (problem.edgeYield * problem.edgeRate);
  if (edge >= problem.deadline[device]) {
    const limit = problem.deadline[device] / 1e3;
    return { equation: '6b', constraint: 'deadline', value: edge / 1e3, limit, unit: 's' };
  }
  return { equation: '6d', constraint: 'rate', value: reach.leastBand[device], limit: 1, unit: 'share of B' };
}

function shared(
  equation: string,
  constraint: string,
  value: number,
  limit: number,
  unit: string,
  scope: UrllcInfeasibility['scope'],
  reason: string,
): UrllcInfeasibility {
  return { equation, constraint, device: null, devices: [], value, limit, unit, scope, reason };
}

function describe({ equation, constraint, value, limit, unit }: Limit): string {
  return `(${equation}) ${constraint}: ${Number(value.toPrecision(6))} against ${Number(limit.toPrecision(6))} ${unit}`;
}

function infeasible(problems: readonly UrllcInfeasibility[], isProven = true): InfeasibleError {
  const lines = problems.map(
    (problem) => `${describe(problem)}: ${problem.reason}; shown for ${problem.scope}`,
  );
  const title = isProven
    ? 'no feasible allocation'
    : 'no feasible allocation was found, though none is excluded';
  return new InfeasibleError(
    `${title}\n${lines.map((line) => `  ${line}`).join('\n')}`,
    { status: 'infeasible', proven: isProven, ...problems[0], violations: problems },
    isProven ? {} : { hint: 'a larger effort looks at more caching sets (--effort 10)' },
  );
}
