import { describe, expect, it } from 'vitest';
import { fixed } from '../policy/index.js';
import { finiteBlocklengthRate, gaussianTailInverse, pathLossModels } from '../radio/index.js';
import { parseScenario, scenarioProblems, type ScenarioInput } from './scenario/index.js';
import { simulate } from './run.js';
import { bernoulli, periodic, RandomTraffic } from '../traffic/index.js';
import { ShortPackets } from './short-packets.js';
import { Simulator } from './simulator.js';

const two: ScenarioInput = {
  cells: [
    { xM: 50, yM: 100 },
    { xM: 150, yM: 100 },
  ],
  ues: { count: 7, mobility: { model: 'random-waypoint', speedMps: 12 } },
  sensors: { count: 5 },
};

describe('short packets', () => {
  it('send at the finite-blocklength rate over the UE’s share of the band (paper 003, eq. 1); sensors at Shannon’s', () => {
    const rate = {
      model: 'finite-blocklength' as const,
      errorProbability: 1e-4,
      packetBits: 512,
      slotS: 5e-4,
    };
    const input: ScenarioInput = { cells: [{ xM: 100, yM: 100, bandwidthHz: 4e5 }], radio: { rate } };
    const [short, plain] = [parseScenario(input), parseScenario({ ...input, radio: {} })].map((scenario) => {
      const simulator = new Simulator(scenario);
      simulator.advance([0.5, 0.5]);
      return simulator;
    });
    const tail = gaussianTailInverse(1e-4);
    let slower = 0;
    for (let ue = 0; ue < 10; ue++) {
      const gamma = 2 ** plain.ues.efficiency[ue] - 1;
      const expected = finiteBlocklengthRate((0.5 * 4e5) / 10, gamma, 5e-4, tail) / 1e6;
      expect(short.ues.rate[ue]).toBeCloseTo(Math.max(0, expected), 12);
      if (short.ues.rate[ue] < 0.9 * plain.ues.rate[ue]) slower++;
    }
    expect(slower).toBeGreaterThan(3);
    expect([...short.sensors.rate]).toEqual([...plain.sensors.rate]);
  });

  it('are lost and sent again as a negative binomial variate says, in mean and variance', () => {
    const epsilon = 0.2;
    const packets = new ShortPackets({ errorProbability: epsilon, packetBits: 1e4, slotS: 1e-3 }, 1);
    packets.reset(7, 0);
    const n = 50;
    const draws = Array.from({ length: 20_000 }, () => packets.repeatedMbit(0, n * 0.01) * 100);
    const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length;
    const variance = draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws.length;
    const theirs = (n * epsilon) / (1 - epsilon);
    expect(Math.abs(mean / theirs - 1)).toBeLessThan(0.01);
    expect(Math.abs(variance / (theirs / (1 - epsilon)) - 1)).toBeLessThan(0.05);
  });

  it('what is sent again is counted, and takes the time that it takes', () => {
    const rate = { model: 'finite-blocklength' as const, errorProbability: 0.3, packetBits: 1e5 };
    const run = (radio: ScenarioInput['radio']) =>
      simulate(parseScenario({ radio }), fixed(0.4, 0.4), { seed: 2, episodes: 3 }).episodes;
    const [failing, sound] = [run({ rate }), run({})];
    const share = failing.repeatedMbit[0] / failing.requestMbitCreated[0];
    // ε/(1 − ε) of what was begun
    expect(share).toBeGreaterThan(0.3);
    expect(share).toBeLessThan(3 / 7 + 0.02);
    expect(failing.aori[0]).toBeGreaterThan(sound.aori[0]);
    expect([...sound.repeatedMbit]).toEqual([0, 0, 0]);
    expect([...failing.requestMbitCreated]).toEqual([...sound.requestMbitCreated]);
  });

  it.each([0, 0.5, -1, 0.7])('refuse ε = %s', (errorProbability) => {
    const rate = { model: 'finite-blocklength', errorProbability };
    expect(scenarioProblems({ radio: { rate } })[0].path).toBe('radio.rate.errorProbability');
  });
});

/** Traffic that says what each device created in the last step, Mbit. */
class Recorded extends RandomTraffic {
  readonly mbit = new Float64Array(7);

  override generate(...[step, active, streams, batch]: Parameters<RandomTraffic['generate']>): void {
    super.generate(step, active, streams, batch);
    this.mbit.fill(0);
    for (let at = 0; at < batch.count; at++) this.mbit[batch.device[at]] += batch.sizeMbit[at];
  }
}

describe('interference between cells', () => {
  it.each(['full-load', 'activity'] as const)(
    '%s: SINR by brute force over all links, step by step',
    (interference) => {
      const scenario = parseScenario({ ...two, radio: { interference } });
      const traffic = [
        new Recorded(bernoulli({ probability: 0.5 }), 60, 5),
        new Recorded(periodic({ intervalSteps: 3 }), 150, 7),
      ];
      const simulator = new Simulator(scenario, {
        models: { ue: { traffic: traffic[0] }, sensor: { traffic: traffic[1] } },
      });
      const loss = pathLossModels
        .get('okumura-hata')({})
        .prepare({
          ...{ baseHeightM: 40, deviceHeightM: 1.5, frequencyHz: 3.5e9 },
        });
      simulator.reset(3, 0);
      const uses: number[] = [];
      for (let step = 0; step < 40; step++) {
        const sides = [simulator.ues, simulator.sensors].map((group) => ({
          group,
          x: [...group.field.x],
          y: [...group.field.y],
          mbit: [...group.backlogMbit],
        }));
        const split = [0.3 + 0.01 * step, 0.4, 0.6, 0.5];
        simulator.advance(split);
        sides.forEach(({ mbit }, kind) =>
          mbit.forEach((_, device) => (mbit[device] += traffic[kind].mbit[device])),
        );
        const received = (of: (typeof sides)[0], device: number, cell: number) => {
          const { xM, yM } = scenario.cells[cell];
          return 10 ** ((40 - loss(Math.hypot(of.x[device] - xM, of.y[device] - yM), 0, 0)) / 10);
        };
        for (const cell of [0, 1]) {
          let noise = 1e-9;
          sides.forEach((of, kind) => {
            const there = [...of.group.chosenCell].filter((other) => other !== cell).length;
            of.group.chosenCell.forEach((own, device) => {
              if (own === cell) return;
              const part = (kind === 0 ? split[own * 2] : 1 - split[own * 2]) / there;
              const alone = part * 100 * Math.log2(1 + received(of, device, own) / 1e-9);
              const use = interference === 'full-load' ? 1 : Math.min(1, of.mbit[device] / alone);
              uses.push(use);
              noise += use * part * received(of, device, cell);
            });
          });
          for (const of of sides) {
            of.group.chosenCell.forEach((own, device) => {
              if (own !== cell) return;
              const expected = Math.log2(1 + received(of, device, cell) / noise);
              expect(of.group.efficiency[device] / expected).toBeCloseTo(1, 9);
            });
          }
        }
      }
      if (interference === 'full-load') return;
      for (const within of [
        (use: number) => use === 0,
        (use: number) => use > 0 && use < 1,
        (use: number) => use === 1,
      ])
        expect(uses.filter(within).length).toBeGreaterThan(20);
    },
  );

  it('costs something, less by activity than at full load, and nothing in a single cell', () => {
    const served = (input: ScenarioInput) =>
      simulate(parseScenario(input), fixed(0.5, 0.5), { seed: 1, episodes: 2 }).episodes;
    const light = { ...two, ues: { ...two.ues, meanSizeMbit: 40 }, sensors: { count: 5, meanSizeMbit: 40 } };
    const [none, activity, full] = (['none', 'activity', 'full-load'] as const).map(
      (interference) => served({ ...light, radio: { interference } }).aori[0],
    );
    expect(none).toBeLessThan(activity);
    expect(activity).toBeLessThan(full);
    expect(served({ radio: { interference: 'full-load' } })).toEqual(served({}));
  });
});

describe('shadowing and handovers', () => {
  it('shadowing adds the field of the base station to the loss, for both kinds alike', () => {
    const place = { model: 'static' as const, positions: [{ xM: 30, yM: 40 }] };
    const input = (shadowing?: { stdDb: number }): ScenarioInput => ({
      ...two,
      radio: { shadowing },
      ues: { count: 1, mobility: place, heightM: 1.5 },
      sensors: { count: 1, mobility: place },
    });
    const efficiencies = (shadowing?: { stdDb: number }) => {
      const simulator = new Simulator(parseScenario(input(shadowing)));
      simulator.reset(4, 2);
      simulator.advance([0.5, 0.5, 0.5, 0.5]);
      return [simulator.ues.efficiency[0], simulator.sensors.efficiency[0]];
    };
    const plain = efficiencies();
    const shadowed = efficiencies({ stdDb: 8 });
    expect(shadowed[0]).toBe(shadowed[1]);
    expect(shadowed[0]).not.toBe(plain[0]);
    const lossDb = (bits: number) => -10 * Math.log10(2 ** bits - 1);
    // 20 dB would be beyond 2.5 σ
    expect(Math.abs(lossDb(shadowed[0]) - lossDb(plain[0]))).toBeLessThan(20);
    expect(efficiencies({ stdDb: 0 })).toEqual(plain);
  });

  it('a UE that changes cells has no service for so many steps, and keeps what it has to send', () => {
    const delay = 3;
    const scenario = parseScenario({ ...two, association: { model: 'nearest', handoverDelaySteps: delay } });
    const simulator = new Simulator(scenario);
    simulator.reset(6, 0);
    const since = new Array<number>(7).fill(Infinity);
    let before = [...simulator.ues.chosenCell];
    let held = 0;
    for (let step = 0; step < 100; step++) {
      simulator.advance([0.5, 0.5, 0.5, 0.5]);
      const now = [...simulator.ues.chosenCell];
      now.forEach((cell, ue) => {
        if (before[ue] >= 0 && cell !== before[ue]) since[ue] = 0;
        const isHeld = since[ue] < delay;
        expect(simulator.ues.cell[ue]).toBe(isHeld ? -1 : cell);
        expect(simulator.ues.efficiency[ue] > 0).toBe(!isHeld);
        if (isHeld) held++;
        since[ue]++;
      });
      before = now;
    }
    expect(held).toBeGreaterThan(10);
    expect(held).toBeLessThanOrEqual(delay * simulator.metrics.total('handovers'));
  });
});
