import { InternalError } from '../../errors/index.js';
import { exp } from '../../math/index.js';
import { VARS } from '../barrier/blocks.js';
import type { SearchLimit } from './branch.js';
import { evaluateDecisions, type Evaluation, type UrllcDecision } from '../model/evaluate.js';
import type { UrllcInstance } from '../model/instance.js';
import type { JointPoint } from '../bound/joint.js';
import type { Reach } from '../bound/reach.js';

export type UrllcMethod = 'optimal' | 'ao' | 'ao-strict';

/** One device's part of a solution. */
export interface UrllcDeviceSolution extends UrllcDecision {
  readonly latencyMs: number;
  readonly energyMj: number;
  /** Uplink rate, bit/s; 0 for a cached device. */
  readonly rateBps: number;
  /** Own limits met with equality: deadline, energy, rate, power, localRate, edgeRate. */
  readonly bindingConstraints: readonly string[];
}

/** A solution of problem (6), SI units but for ms and mJ where the names say so. */
export interface UrllcSolution {
  readonly method: UrllcMethod;
  /** `optimal`: within 1e-4 of a proven bound; `feasible`: all limits kept, no such proof. */
  readonly status: 'optimal' | 'feasible';
  /** Of a `feasible` answer of the search with a certificate: what it ran into. */
  readonly stoppedBy?: SearchLimit | undefined;
  readonly totalMs: number;
  /** No decisions of any caching set have a smaller total, ms. */
  readonly lowerBoundMs: number;
  /** (total − bound)/total. */
  readonly gap: number;
  /** Cached devices, 0-based. */
  readonly cached: readonly number[];
  readonly ue: readonly UrllcDeviceSolution[];
  /** Shadow prices: ms per whole band, ms per GHz of edge rate, ms per kbit of cache. */
  readonly prices: { readonly bandwidth: number; readonly edgeCycles: number; readonly cache: number };
  readonly iterations: number;
  readonly seconds: number;
}

const FEASIBLE = 1e-6;
const BINDING = 1e-5;
const OWN = new Set(['deadline', 'energy', 'rate', 'power', 'localRate', 'edgeRate']);
const SNAP = 1e-6;

/** Decisions of a point in SI units, with shares at 0 or 1 where they are that but for the solver's tolerance. */
export function decisionsOf(
  instance: UrllcInstance,
  reach: Reach,
  { set, point }: Pick<JointPoint, 'set' | 'point'>,
  robust: boolean,
): { decisions: UrllcDecision[]; evaluation: Evaluation } {
  const build = (snap: number) =>
    instance.ue.map((limits, m): UrllcDecision => {
      const at = m * VARS;
      const edgeHz = Math.min(instance.Fes, exp(point[at + 2]) * 1e9);
      if (set[m]) {
        const bandwidthShare = instance.rminAll ? reach.leastBand[m] : 0;
        const powerW = instance.rminAll ? limits.Pmax : 0;
        return { cached: true, local: 0, bandwidthShare, powerW, localHz: 0, edgeHz };
      }
      const x = point[at];
      const local = x < snap ? 1 : x > 1 - snap ? 0 : 1 - x;
      return {
        cached: false,
        local,
        bandwidthShare: exp(point[at + 3]),
        powerW: Math.min(limits.Pmax, exp(point[at + 4])),
        localHz: Math.min(limits.Fue, (exp(point[at + 1]) * 1e9) / (1 - instance.devUe)),
        edgeHz,
      };
    });
  for (const snap of [SNAP, 0]) {
    const decisions = build(snap);
    const evaluation = evaluateDecisions(instance, decisions, robust);
    if (evaluation.worst.excess <= (snap > 0 ? 1e-9 : FEASIBLE)) return { decisions, evaluation };
    if (snap === 0) {
      const { equation, constraint, device, value, limit } = evaluation.worst;
      throw new InternalError(
        `a solution failed its own check: (${equation}) ${constraint}, device ${device}: ${value} against ${limit}`,
      );
    }
  }
  throw new InternalError('unreachable');
}

/** The devices' parts of a solution, from decisions and their evaluation. */
export function deviceSolutions(
  decisions: readonly UrllcDecision[],
  evaluation: Evaluation,
): UrllcDeviceSolution[] {
  const binding = decisions.map((): string[] => []);
  for (const check of evaluation.checks) {
    if (check.device === null || !OWN.has(check.constraint) || check.excess < -BINDING) continue;
    const { cached, local } = decisions[check.device];
    if (cached && check.constraint !== 'deadline' && check.constraint !== 'edgeRate') continue;
    if (check.constraint === 'localRate' && local === 0) continue;
    if (check.constraint === 'edgeRate' && local === 1) continue;
    binding[check.device].push(check.constraint);
  }
  return decisions.map((decision, m) => ({
    ...decision,
    ...evaluation.ue[m],
    bindingConstraints: binding[m],
  }));
}
