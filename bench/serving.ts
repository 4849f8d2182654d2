import { RandomStream } from '@metalore/core/random';
import { cachingPolicies, simulate, simulateCluster, solveOffline } from '@metalore/core/serving';
import type { ServiceSpec, ServingInstance } from '@metalore/core/serving';

const REQUESTS = 1_000_000;
const REQUESTS_PER_SLOT = 88;

/** Zipf requests for many models, of which the memory holds about a quarter; half of them learn in context. */
function instanceOf(models: number, requests: number, seed = 1): ServingInstance {
  const stream = new RandomStream(seed, 'bench/serving');
  const services = Array.from({ length: models }, (_v, s): ServiceSpec => {
    const hasContext = s % 2 === 0;
    return {
      name: `model ${s}`,
      gb: 0.5 + 8 * stream.uniform(),
      gflops: 300 * stream.uniform(),
      W: hasContext ? 64 : 0,
      a0: 50,
      one: hasContext ? 60 : null,
      alpha: hasContext ? 0.2 : null,
    };
  });
  const cumulative = new Float64Array(models);
  let sum = 0;
  for (let rank = 0; rank < models; rank++) cumulative[rank] = sum += 1 / (rank + 1);
  const slot = new Float64Array(requests);
  const service = new Int32Array(requests);
  let now = 0;
  for (let index = 0; index < requests; index++) {
    now += stream.exponential(1 / REQUESTS_PER_SLOT);
    slot[index] = now;
    const u = stream.uniform() * sum;
    let low = 0;
    let high = models - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulative[middle] > u) high = middle;
      else low = middle + 1;
    }
    service[index] = low;
  }
  const params = {
    gpuGB: 1.2 * models,
    lam: 0.95,
    flops: 7500,
    ctxFlops: 0.005,
    loadGBs: 13,
    cSwitch: 1,
    cAcc: 0.02,
    cInf: 1,
    cOff: 0.0055,
    cCloud: 7.29 / 88,
    warm: 0,
  };
  return { params, services, slot, service };
}

/** Best of three, in seconds. */
function time(work: () => void): number {
  let best = Infinity;
  for (let round = 0; round < 3; round++) {
    const start = performance.now();
    work();
    best = Math.min(best, performance.now() - start);
  }
  return best / 1000;
}

/** The same decisions as LC with max, by looking at all resident models for every victim: what the heap is held against. */
function scanLeastContext({ params, services, slot, service }: ServingInstance): number {
  const demand = new Float64Array(services.length);
  const at = new Float64Array(services.length);
  const resident: number[] = [];
  let used = 0;
  let loads = 0;
  for (let index = 0; index < slot.length; index++) {
    const now = slot[index];
    const s = service[index];
    demand[s] = demand[s] * params.lam ** (now - at[s]) + 1;
    at[s] = now;
    if (resident.includes(s)) continue;
    const victims: number[] = [];
    let free = params.gpuGB - used;
    let isAdmitted = true;
    while (isAdmitted && free < services[s].gb) {
      let least = -1;
      let leastScore = Infinity;
      for (const other of resident) {
        const score = demand[other] * params.lam ** (now - at[other]);
        if (victims.includes(other) || score > leastScore || (score === leastScore && other > least))
          continue;
        least = other;
        leastScore = score;
      }
      isAdmitted = demand[s] > leastScore;
      victims.push(least);
      free += services[least].gb;
    }
    if (!isAdmitted) continue;
    for (const victim of victims) {
      resident.splice(resident.indexOf(victim), 1);
      used -= services[victim].gb;
    }
    resident.push(s);
    used += services[s].gb;
    loads++;
  }
  return loads;
}

const million = (requests: number, seconds: number): string =>
  `${(requests / seconds / 1e6).toFixed(2)} M requests/s`;

/** Throughput of caching policies, growth over models and servers, the bound. */
export default async function bench(report: (line: string) => void): Promise<void> {
  report(`LC (max), ${REQUESTS.toLocaleString('en')} requests; memory for about a quarter of the models`);
  for (const [models, part] of [
    [10, 1_000_000],
    [100, 200_000],
    [1000, 50_000],
    [10_000, 50_000],
  ] as const) {
    const instance = instanceOf(models, REQUESTS);
    const seconds = time(() => simulate(instance, cachingPolicies.get('LC')));
    const short = {
      ...instance,
      slot: instance.slot.subarray(0, part),
      service: instance.service.subarray(0, part),
    };
    const heap = time(() => simulate(short, cachingPolicies.get('LC')));
    const start = performance.now();
    scanLeastContext(short);
    const scan = (performance.now() - start) / 1000;
    report(
      `  ${String(models).padStart(6)} models: ${million(REQUESTS, seconds)}` +
        `   (linear scan: ${(scan / heap).toFixed(1)} times the heap's time over ${part.toLocaleString('en')} requests)`,
    );
  }
  report('policies at 10 and 10,000 models');
  const small = instanceOf(10, REQUESTS);
  const large = instanceOf(10_000, REQUESTS);
  for (const name of cachingPolicies.names()) {
    // Random places all models anew four times a slot, and VALUE-tuned runs 21 caches: fewer requests tell as much.
    const share = name === 'Random' || name === 'VALUE-tuned' ? 0.05 : 1;
    const [a, b] = [small, large].map((instance) => {
      const count = Math.round(share * REQUESTS);
      const part = {
        ...instance,
        slot: instance.slot.subarray(0, count),
        service: instance.service.subarray(0, count),
      };
      return million(
        count,
        time(() => simulate(part, cachingPolicies.get(name))),
      );
    });
    report(`  ${name.padEnd(11)} ${a}, ${b}`);
  }
  report('servers that share misses (VALUE, 100 models, 100,000 requests each)');
  for (const servers of [1, 2, 4, 8, 16]) {
    const instances = Array.from({ length: servers }, (_v, e) => ({
      ...instanceOf(100, 100_000, e + 1),
      services: instanceOf(100, 1).services,
    }));
    const options = { cooperation: 'share', relayCost: 0.01 } as const;
    const seconds = time(() => simulateCluster(instances, cachingPolicies.get('VALUE'), options));
    report(`  ${String(servers).padStart(2)} servers: ${million(servers * 100_000, seconds)}`);
  }
  report('bound and clairvoyant plan (100 models)');
  for (const requests of [10_000, 100_000, 1_000_000]) {
    const instance = instanceOf(100, requests);
    const start = performance.now();
    const { bound, clairvoyant } = solveOffline(instance);
    const seconds = (performance.now() - start) / 1000;
    const gap = (clairvoyant.perSlot / bound.perSlot).toFixed(4);
    report(
      `  ${requests.toLocaleString('en').padStart(9)} requests: ${seconds.toFixed(2)} s, plan / bound ${gap}`,
    );
  }
}
