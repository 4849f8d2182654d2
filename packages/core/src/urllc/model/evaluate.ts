import { finiteBlocklengthRate, gaussianTailInverse } from '../../radio/index.js';
import type { UrllcInstance } from './instance.js';

/** What is decided for one device, SI units. */
export interface UrllcDecision {
  /** Whether its task is cached (s). */
  readonly cached: boolean;
  /** Share of the task processed locally (α), in [0, 1]. */
  readonly local: number;
  /** Share of the bandwidth (b). */
  readonly bandwidthShare: number;
  /** Transmission power p, W. */
  readonly powerW: number;
  /** Estimated processing rates of device and edge server, Hz. */
  readonly localHz: number;
  readonly edgeHz: number;
}

/** What a decision means for its device. */
export interface DeviceOutcome {
  readonly latencyMs: number;
  readonly energyMj: number;
  readonly rateBps: number;
}

/** A limit of problem (6) and how far a decision is from it. */
export interface LimitCheck {
  /** Equation of the paper. */
  readonly equation: '6b' | '6c' | '6d' | '6e' | '6f' | '6g' | '6h';
  readonly constraint: string;
  /** 0-based; null for a limit that all share. */
  readonly device: number | null;
  readonly value: number;
  readonly limit: number;
  /** (value − limit)/limit for an upper limit, the reverse for a lower one; > 0 is a violation. */
  readonly excess: number;
}

/** Everything about a set of decisions. */
export interface Evaluation {
  readonly totalMs: number;
  readonly ue: readonly DeviceOutcome[];
  /** Every limit of problem (6), kept or not. */
  readonly checks: readonly LimitCheck[];
  /** The largest excess over the limits: ≤ 1e-6 is feasible. */
  readonly worst: LimitCheck;
}

/**
 * Evaluates decisions by problem (6) as it stands, with the exact dispersion V, and checks every limit. It shares no code
 * with the solvers but the rate formula.
 *
 * T = s·C/f_es' + (1 − s)·[αC/f_ue' + D/R + (1 − α)C/f_es'] (eq. 5) and
 * E = (1 − s)·[α(θ/2)C·f_ue'² + (1 − α)·p·D/R], where f' = f·(1 − deviation) is the real rate. D/R is paid in full at any α.
 *
 * @param robust deviations are half-widths δ: latency at +δ, energy at −δ
 */
export function evaluateDecisions(
  instance: UrllcInstance,
  decisions: readonly UrllcDecision[],
  robust = false,
): Evaluation {
  const tailInverse = gaussianTailInverse(instance.eps);
  const checks: LimitCheck[] = [];
  const ue: DeviceOutcome[] = [];
  let totalMs = 0;
  let band = 0;
  let cycles = 0;
  let stored = 0;
  decisions.forEach((decision, device) => {
    const limits = instance.ue[device];
    const outcome = outcomeOf(instance, device, decision, tailInverse, robust);
    ue.push(outcome);
    totalMs += outcome.latencyMs;
    band += decision.bandwidthShare;
    cycles += (decision.cached ? 1 : 1 - decision.local) * decision.edgeHz;
    if (decision.cached) stored += limits.D;
    checks.push(atMost('6b', 'deadline', device, outcome.latencyMs / 1e3, limits.Tmax));
    checks.push(atMost('6e', 'energy', device, outcome.energyMj / 1e3, limits.Emax));
    if (!decision.cached || instance.rminAll) {
      checks.push(atLeast('6d', 'rate', device, outcome.rateBps, instance.Rmin));
    }
    checks.push(atMost('6h', 'power', device, decision.powerW, limits.Pmax));
    checks.push(atMost('6h', 'localRate', device, decision.localHz, limits.Fue));
    checks.push(atMost('6h', 'edgeRate', device, decision.edgeHz, instance.Fes));
    checks.push(atMost('6h', 'localShare', device, decision.local, 1));
    const least = Math.min(
      decision.local,
      decision.bandwidthShare,
      decision.powerW,
      decision.localHz,
      decision.edgeHz,
    );
    checks.push(atMost('6h', 'nonNegative', device, -least, 0));
  });
  checks.push(atMost('6c', 'bandwidth', null, band, 1));
  checks.push(atMost('6f', 'edgeCycles', null, cycles, instance.Fes));
  checks.push(atMost('6g', 'cache', null, stored, instance.S));
  const worst = checks.reduce((most, check) => (check.excess > most.excess ? check : most));
  return { totalMs, ue, checks, worst };
}

function outcomeOf(
  instance: UrllcInstance,
  device: number,
  { cached, local, bandwidthShare, powerW, localHz, edgeHz }: UrllcDecision,
  tailInverse: number,
  robust: boolean,
): DeviceOutcome {
  const { B, N0, phi, kappa, devUe, devEs } = instance;
  const { D, C, h2 } = instance.ue[device];
  const bandHz = bandwidthShare * B;
  const rateBps =
    bandHz > 0 ? finiteBlocklengthRate(bandHz, (powerW * h2) / (bandHz * N0), phi, tailInverse) : 0;
  if (cached) return { latencyMs: (1e3 * C) / (edgeHz * (1 - devEs)), energyMj: 0, rateBps };
  const airS = rateBps > 0 ? D / rateBps : Infinity;
  const offloaded = 1 - local;
  const localS = local > 0 ? (local * C) / (localHz * (1 - devUe)) : 0;
  const edgeS = offloaded > 0 ? (offloaded * C) / (edgeHz * (1 - devEs)) : 0;
  const energyRate = localHz * (robust ? 1 + devUe : 1 - devUe);
  const airJ = offloaded > 0 ? offloaded * powerW * airS : 0;
  return {
    latencyMs: 1e3 * (localS + airS + edgeS),
    energyMj: 1e3 * (local * kappa * C * energyRate * energyRate + airJ),
    rateBps,
  };
}

type Equation = LimitCheck['equation'];

function atMost(equation: Equation, constraint: string, device: number | null, value: number, limit: number) {
  const excess = limit > 0 ? value / limit - 1 : value;
  return { equation, constraint, device, value, limit, excess: excess === excess ? excess : Infinity };
}

function atLeast(
  equation: Equation,
  constraint: string,
  device: number | null,
  value: number,
  limit: number,
) {
  const excess = limit > 0 ? 1 - value / limit : value > 0 ? -1 : Infinity;
  return { equation, constraint, device, value, limit, excess: excess === excess ? excess : Infinity };
}
