/**
 * A second, deliberately simple simulator of one sub-metaverse (paper 000, section II): objects, arrays that are shifted,
 * the engine's own logarithms, scans over all sensors, nothing shared with the real one. Tests hold the simulator's
 * requests table against it, and `npm run bench` its speed.
 */
export interface SimpleInput {
  readonly steps: number;
  readonly rhoC: number;
  readonly rhoP: number;
  readonly freshest?: boolean;
  /** Positions by step and device, m. */
  readonly uePositions: (step: number, ue: number) => readonly [number, number];
  readonly sensorPositions: (step: number, sensor: number) => readonly [number, number];
  /** Jobs that a device creates in a step: [size Mbit, load units]. */
  readonly ueArrivals: (step: number, ue: number) => readonly (readonly [number, number])[];
  readonly sensorArrivals: (step: number, sensor: number) => readonly (readonly [number, number])[];
  readonly ues: number;
  readonly sensors: number;
}

/** A row of the requests table. */
export interface SimpleRequest {
  device: number;
  created: number;
  sendStarted: number;
  sent: number;
  started: number;
  completed: number;
  sensor: number;
  updateCreated: number;
  aori: number;
  aosi: number;
}

interface Job {
  device: number;
  created: number;
  mbit: number;
  units: number;
  sensor: number;
  sendStarted?: number;
  sent?: number;
  started?: number;
}

const BS = [100, 100] as const;

function rateMbps(position: readonly [number, number], bandwidthMhz: number): number {
  const km = Math.hypot(position[0] - BS[0], position[1] - BS[1]) / 1000;
  const f = Math.log10(3500);
  const h = Math.log10(40);
  const correction = 0.8 + (1.1 * f - 0.7) * 1.5 - 1.56 * f;
  const loss = 69.55 + 26.16 * f - 13.82 * h - correction + (44.9 - 6.55 * h) * Math.log10(km);
  return bandwidthMhz * Math.log2(1 + 10 ** ((40 - loss) / 10) / 1e-9);
}

/** Runs the paper's cell (200 m × 200 m, 100 MHz, 100 units) on given positions and arrivals. */
export function simpleRun(input: SimpleInput): { requests: SimpleRequest[]; reward: number } {
  const { ues, sensors, rhoC, rhoP, freshest = false } = input;
  const ueQueues: Job[][] = Array.from({ length: ues }, () => []);
  const sensorQueues: Job[][] = Array.from({ length: sensors }, () => []);
  let requests: Job[] = [];
  let updates: Job[] = [];
  const newest = new Map<number, number>();
  const done: SimpleRequest[] = [];
  let reward = 0;
  for (let step = 0; step < input.steps; step++) {
    for (let ue = 0; ue < ues; ue++) {
      const position = input.uePositions(step, ue);
      for (const [mbit, units] of input.ueArrivals(step, ue)) {
        let sensor = 0;
        let nearest = Infinity;
        for (let candidate = 0; candidate < sensors; candidate++) {
          const other = input.sensorPositions(step, candidate);
          const distance = (other[0] - position[0]) ** 2 + (other[1] - position[1]) ** 2;
          if (distance < nearest) {
            nearest = distance;
            sensor = candidate;
          }
        }
        ueQueues[ue].push({ device: ue, created: step, mbit, units, sensor });
      }
    }
    for (let sensor = 0; sensor < sensors; sensor++) {
      for (const [mbit, units] of input.sensorArrivals(step, sensor)) {
        const queue = sensorQueues[sensor];
        const last = queue.at(-1);
        const job = { device: sensor, created: step, mbit, units, sensor };
        if (freshest && last && last.sendStarted === undefined) queue[queue.length - 1] = job;
        else queue.push(job);
      }
    }
    const send = (queue: Job[], rate: number, arrive: (job: Job) => void) => {
      while (queue.length > 0 && rate > 1e-9) {
        const job = queue[0];
        job.sendStarted ??= step;
        const part = Math.min(rate, job.mbit);
        job.mbit -= part;
        rate -= part;
        if (job.mbit > 1e-9) return;
        job.sent = step;
        arrive(queue.shift()!);
      }
    };
    for (let ue = 0; ue < ues; ue++) {
      send(ueQueues[ue], rateMbps(input.uePositions(step, ue), (rhoC * 100) / ues), (job) =>
        requests.push(job),
      );
    }
    for (let sensor = 0; sensor < sensors; sensor++) {
      const rate = rateMbps(input.sensorPositions(step, sensor), (100 - rhoC * 100) / sensors);
      send(sensorQueues[sensor], rate, (job) => {
        const waiting = updates.findIndex((other) => other.device === sensor && other.started === undefined);
        if (freshest && waiting >= 0) updates[waiting] = job;
        else updates.push(job);
      });
    }
    let units = rhoP * 100;
    while (requests.length > 0 && units > 1e-9) {
      const job = requests[0];
      const update = newest.get(job.sensor);
      if (update === undefined) break;
      job.started ??= step;
      const part = Math.min(units, job.units);
      job.units -= part;
      units -= part;
      if (job.units > 1e-9) break;
      requests = requests.slice(1);
      const aosi = Math.abs(job.created - update);
      reward += 10 * 0.9 ** aosi;
      done.push({
        device: job.device,
        created: job.created,
        sendStarted: job.sendStarted!,
        sent: job.sent!,
        started: job.started,
        completed: step,
        sensor: job.sensor,
        updateCreated: update,
        aori: step - job.created,
        aosi,
      });
    }
    units = 100 - rhoP * 100;
    while (updates.length > 0 && units > 1e-9) {
      const job = updates[0];
      job.started ??= step;
      const part = Math.min(units, job.units);
      job.units -= part;
      units -= part;
      if (job.units > 1e-9) break;
      updates = updates.slice(1);
      newest.set(job.device, Math.max(job.created, newest.get(job.device) ?? -1));
    }
  }
  return { requests: done, reward };
}
