import { describe, expect, it } from 'vitest';
import { parseScenario } from './scenario/index.js';
import { Observer } from './observer.js';
import { Simulator } from './simulator.js';

const NAMES = [
  'request-uplink-age-steps',
  'update-uplink-age-steps',
  'twin-age-steps',
  'data-older-steps',
  'data-newer-steps',
];

/** The same numbers from what the simulator tells of every job: created, sent, completed. */
class Ledger {
  /** Devices' jobs not yet sent, by the step of their creation, kind and number. */
  readonly unsent = new Map<string, number[]>();
  /** Requests that wait at a server, oldest first: when created, and the sensor asked for. */
  readonly waiting: { created: number; sensor: number; cell: number }[] = [];
  readonly newest = new Map<number, number>();
}

function follow(simulator: Simulator): Ledger {
  const ledger = new Ledger();
  const { jobs } = simulator;
  const read = (job: number) => {
    const [created, device, sensor] = jobs.ints.subarray(job * 8 + 4, job * 8 + 7);
    return { created, device, sensor };
  };
  simulator.onSent = (kind, job, cell) => {
    const { created, device, sensor } = read(job);
    ledger.unsent.get(`${kind} ${device}`)!.shift();
    if (kind === 'ue') ledger.waiting.push({ created, sensor, cell });
  };
  simulator.onRequest = (_job, cell) => {
    ledger.waiting.splice(
      ledger.waiting.findIndex((request) => request.cell === cell),
      1,
    );
  };
  simulator.onUpdate = (job) => {
    const { created, device } = read(job);
    ledger.newest.set(device, Math.max(ledger.newest.get(device) ?? 0, created));
  };
  return ledger;
}

describe('features of load', () => {
  const scenario = parseScenario({
    episodeSteps: 60,
    area: { widthM: 400, heightM: 200 },
    cells: [
      { xM: 100, yM: 100 },
      { xM: 300, yM: 100, bandwidthHz: 5e7, computeUnits: 60 },
    ],
    ues: { count: 12, arrivals: { model: 'periodic', intervalSteps: 2 } },
    sensors: { count: 14 },
  });

  it('are what following every job gives', () => {
    const simulator = new Simulator(scenario);
    const observer = new Observer(NAMES);
    const seen = new Float64Array(2 * NAMES.length);
    simulator.reset(3, 0);
    const ledger = follow(simulator);
    const groups = { ue: simulator.ues, sensor: simulator.sensors };
    for (let step = 0; step < 60; step++) {
      for (const kind of ['ue', 'sensor'] as const) {
        for (let device = 0; device < groups[kind].active; device++) {
          const queue = ledger.unsent.get(`${kind} ${device}`) ?? [];
          if (kind === 'sensor' || step % 2 === 0) queue.push(step);
          ledger.unsent.set(`${kind} ${device}`, queue);
        }
      }
      simulator.advance([0.15 + 0.01 * step, 0.1, 0.4, 0.1 + 0.002 * step]);
      observer.observe(simulator, seen);
      for (const cell of [0, 1]) {
        const expected = expectedOf(simulator, ledger, cell);
        expected.forEach((value, at) =>
          expect(seen[cell * NAMES.length + at], `${NAMES[at]}, step ${step}`).toBeCloseTo(value, 9),
        );
      }
    }
    expect(ledger.waiting.length).toBeGreaterThan(20);
  });

  function expectedOf(simulator: Simulator, ledger: Ledger, cell: number): number[] {
    const of = (kind: 'ue' | 'sensor') => {
      const group = kind === 'ue' ? simulator.ues : simulator.sensors;
      const devices = Array.from({ length: group.active }, (_, device) => device).filter(
        (device) => group.cell[device] === cell,
      );
      const sum = (value: (device: number) => number) =>
        devices.reduce((total, device) => total + value(device), 0);
      const age = (device: number) => {
        const queue = ledger.unsent.get(`${kind} ${device}`)!;
        return queue.length === 0 ? 0 : simulator.step - queue[0];
      };
      return {
        age: sum(age) / Math.max(1, devices.length),
        twinAge:
          sum((device) => simulator.step - (ledger.newest.get(device) ?? 0)) / Math.max(1, devices.length),
      };
    };
    const head = ledger.waiting.filter((request) => request.cell === cell).slice(0, 10);
    const mismatch = (sign: 1 | -1) =>
      head.length === 0
        ? 0
        : head.reduce(
            (sum, { created, sensor }) =>
              sum + Math.max(0, sign * (created - (ledger.newest.get(sensor) ?? 0))),
            0,
          ) / head.length;
    const [ue, sensor] = [of('ue'), of('sensor')];
    return [ue.age, sensor.age, sensor.twinAge, mismatch(1), mismatch(-1)];
  }
});
