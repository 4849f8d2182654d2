import '../shared/jitless.js';
import { InfeasibleError } from '@metalore/core/errors';
import { RandomStream } from '@metalore/core/random';
import {
  drawInstance,
  solveAlternating,
  solveOptimal,
  type DrawnOptions,
  type UrllcInstance,
  type UrllcSolution,
} from '@metalore/core/urllc';
import { serve } from '../shared/rpc.js';

/** Parts of a device's latency, ms (paper 003, eq. 5). */
export interface LatencyParts {
  readonly local: number;
  readonly air: number;
  readonly edge: number;
}

/** One device as the page draws it. */
export interface AllocatedDevice {
  /** Position, m; the access point is at (0, 0). */
  readonly x: number;
  readonly y: number;
  readonly cached: boolean;
  /** Share of the task that goes to the edge server. */
  readonly offloaded: number;
  readonly bandwidthShare: number;
  readonly powerMw: number;
  /** Share of the edge server's cycles. */
  readonly edgeShare: number;
  readonly rateMbps: number;
  readonly energyMj: number;
  readonly latencyMs: number;
  readonly parts: LatencyParts;
  readonly binding: readonly string[];
}

/** An allocation of an instance, or why there is none. */
export type Allocated =
  | {
      readonly feasible: true;
      readonly totalMs: number;
      readonly lowerBoundMs: number;
      readonly gap: number;
      readonly ms: number;
      readonly devices: readonly AllocatedDevice[];
      readonly cacheUsed: number;
      readonly prices: UrllcSolution['prices'];
      /** Total of the paper's alternating optimisation, ms; NaN where it finds nothing. */
      readonly alternatingMs: number;
    }
  | { readonly feasible: false; readonly reason: string };

let last: UrllcSolution | undefined;

const handlers = {
  /**
   * Allocates the budgets of a drawn instance.
   *
   * @param isExact whether it is solved anew, as the command line does; else quickly, from the last allocation on
   */
  allocate({ options, isExact }: { options: DrawnOptions; isExact: boolean }): Allocated {
    const instance = drawInstance(options);
    const start = performance.now();
    try {
      const solution = solveOptimal(instance, isExact ? {} : { warm: last, gapTolerance: 1e-4 });
      const ms = performance.now() - start;
      last = solution;
      const cachedBits = solution.cached.reduce((sum, m) => sum + instance.ue[m].D, 0);
      return {
        feasible: true,
        totalMs: solution.totalMs,
        lowerBoundMs: solution.lowerBoundMs,
        gap: solution.gap,
        ms,
        devices: solution.ue.map((_, m) => deviceOf(instance, solution, options, m)),
        cacheUsed: instance.S > 0 ? cachedBits / instance.S : 0,
        prices: solution.prices,
        alternatingMs: alternating(instance, solution.lowerBoundMs),
      };
    } catch (error) {
      last = undefined;
      if (error instanceof InfeasibleError) return { feasible: false, reason: error.message };
      throw error;
    }
  },
};

export type AllocateHandlers = typeof handlers;

function alternating(instance: UrllcInstance, lowerBoundMs: number): number {
  try {
    return solveAlternating(instance, { lowerBoundMs }).totalMs;
  } catch (error) {
    if (error instanceof InfeasibleError) return NaN;
    throw error;
  }
}

function deviceOf(
  instance: UrllcInstance,
  solution: UrllcSolution,
  options: DrawnOptions,
  m: number,
): AllocatedDevice {
  const { C, D } = instance.ue[m];
  const device = solution.ue[m];
  const { cached, local, localHz, edgeHz, rateBps, bandwidthShare, powerW, latencyMs, energyMj } = device;
  const offloaded = cached ? 0 : 1 - local;
  const parts = {
    local: !cached && local > 0 ? (1e3 * local * C) / (localHz * (1 - instance.devUe)) : 0,
    air: !cached && rateBps > 0 ? (1e3 * D) / rateBps : 0,
    edge:
      cached || offloaded > 0 ? (1e3 * (cached ? 1 : offloaded) * C) / (edgeHz * (1 - instance.devEs)) : 0,
  };
  return {
    ...placeOf(options, m),
    cached,
    offloaded,
    bandwidthShare,
    powerMw: cached ? 0 : powerW * 1e3,
    edgeShare: ((cached ? 1 : offloaded) * edgeHz) / instance.Fes,
    rateMbps: rateBps / 1e6,
    energyMj,
    latencyMs,
    parts,
    binding: device.bindingConstraints,
  };
}

/** Where `drawInstance` puts a device: an instance itself knows channels only. */
function placeOf({ seed, areaM = 100 }: DrawnOptions, device: number): { x: number; y: number } {
  const place = new RandomStream(seed, 'urllc-place', 0, device);
  const x = (place.uniform() - 0.5) * areaM;
  return { x, y: (place.uniform() - 0.5) * areaM };
}

serve(handlers);
