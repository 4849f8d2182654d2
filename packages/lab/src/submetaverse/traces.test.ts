import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { InvalidInputError } from '@metalore/core/errors';
import { parsePolicy } from '@metalore/core/policy';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { encodeNpy } from '../io/npy.js';
import { temporaryFolder } from '../testing/metalore.js';
import { runEpisodes } from './run-episodes.js';
import { loadScenario } from './scenario-files.js';
import { traceFiles } from './traces.js';

let dir: string;
let clean: () => void;
beforeEach(() => ({ dir, clean } = temporaryFolder()));
afterEach(() => clean());

function record(positions: string, arrivals: string): void {
  mkdirSync(dir, { recursive: true });
  writeFileSync(path.join(dir, 'positions.csv'), `step,device,x,y\n${positions}`);
  writeFileSync(path.join(dir, 'arrivals.csv'), `step,device,sizeMbit,loadUnits\n${arrivals}`);
}

function problemsOf(work: () => unknown): readonly { path: string; message: string }[] {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidInputError);
    return (error as InvalidInputError).problems;
  }
  throw new Error('nothing was thrown');
}

describe('--replay', () => {
  it('gives exactly what can be worked out by hand', () => {
    // Devices stand 1 m from the base station's foot or closer, where 100 MHz carry over a gigabit a step: whatever is
    // created is sent in the same step, and only compute (70 units for updates, 30 for requests a step) is scarce.
    record(
      '0,ue-0,100,100\n0,ue-1,100,100\n0,sensor-0,100,100\n0,sensor-1,150,100\n',
      [
        '0,sensor-0,1,100', // done in step 1: 70 + 30 of its 100 units
        '0,ue-0,1,10', // waits for sensor-0 until step 2, then takes 10 of 30 units
        '0,ue-1,1,35', // behind it: 20 units in step 2, 15 in step 3
        '2,sensor-0,1,10', // done in step 2, after the requests of that step
        '3,ue-0,1,5', // after the 15 units of ue-1 in step 3: done at once, with the update of step 2
        '5,ue-1,1,90', // three whole steps: 5, 6, 7
      ].join('\n'),
    );
    const { scenario, traces } = loadScenario('paper', { replay: dir, set: ['episodeSteps=10'] });
    expect([scenario.ues.count, scenario.sensors.count]).toEqual([2, 2]);
    const policy = parsePolicy('fixed:0.5,0.3');
    const recording = { requests: true };
    const { requests } = runEpisodes(scenario, policy, { seed: 1, first: 0, count: 2 }, traces, recording);
    const rows = Array.from(requests.created.keys(), (row) =>
      [
        'episode',
        'device',
        'created',
        'sendStarted',
        'sent',
        'started',
        'completed',
        'sensor',
        'updateCreated',
        'aori',
        'aosi',
      ].map((column) => requests[column][row]),
    );
    const log = [
      [0, 0, 0, 0, 2, 2, 0, 0, 2, 0],
      [1, 0, 0, 0, 2, 3, 0, 2, 3, 2],
      [0, 3, 3, 3, 3, 3, 0, 2, 0, 1],
      [1, 5, 5, 5, 5, 7, 0, 2, 2, 3],
    ];
    expect(rows).toEqual([...log.map((row) => [0, ...row]), ...log.map((row) => [1, ...row])]);
  });

  it('plays only what there is', () => {
    writeFileSync(path.join(dir, 'arrivals.csv'), 'step,device,sizeMbit,loadUnits\n0,ue-9,1,1\n');
    const { scenario } = loadScenario('paper', { replay: dir });
    expect(scenario.ues.mobility.model).toBe('random-waypoint');
    expect(scenario.ues.count).toBe(10);
    expect(scenario.sensors.arrivals.model).toBe('trace');
    writeFileSync(path.join(dir, 'arrivals.csv'), 'step,device,sizeMbit,loadUnits\n0,ue-10,1,1\n');
    expect(problemsOf(() => loadScenario('paper', { replay: dir }))[0].message).toMatch(
      /ue-10 .* ues\.count 10/,
    );
    expect(problemsOf(() => loadScenario('paper', { replay: path.join(dir, 'none') }))[0].message).toMatch(
      /neither/,
    );
  });

  it('names file, line, column and value of what is broken, or leaves it out', () => {
    record('0,ue-0,1,1\n0,car-1,1,1\nx,ue-0,1,1\n', '0,ue-0,0,1\n0,ue-0,2,2\n');
    const [first] = problemsOf(() => loadScenario('paper', { replay: dir }));
    expect(first.path).toMatch(/positions\.csv:4:step$/);
    expect(first.message).toBe('"x" is not an integer');
    record('0,ue-0,1,1\n0,car-1,1,1\n', '0,ue-0,2,2\n');
    const [second] = problemsOf(() => loadScenario('paper', { replay: dir }));
    expect([second.path.split('/').at(-1), second.message]).toEqual([
      'positions.csv:3:device',
      '"car-1" is not a device; expected ue-0, ue-1, …, sensor-0, …',
    ]);
    record('0,ue-0,1,1\n0,car-1,1,1\nx,ue-0,1,1\n0,sensor-0,1,1\n', '0,ue-0,0,1\n0,ue-0,2,2\n');
    const { traces } = loadScenario('paper', { replay: dir, skipBadRows: true });
    expect(traces.ue!.positions!.device).toEqual(Int32Array.of(0));
    expect(traces.ue!.arrivals!.sizeMbit).toEqual(Float64Array.of(2));
  });
});

describe('recordings', () => {
  it('may not say twice where a device was in a step', () => {
    record('0,ue-0,1,1\n1,ue-0,1,1\n0,ue-0,2,2\n', '0,ue-0,2,2\n0,ue-0,2,2\n');
    const [problem] = problemsOf(() => loadScenario('paper', { replay: dir }));
    expect(problem.path).toMatch(/positions\.csv:4$/);
    expect(problem.message).toBe('step 0 of ue-0 stands in line 2 already');
    const { traces } = loadScenario('paper', { replay: dir, skipBadRows: true });
    expect(traces.ue!.positions!.xM).toEqual(Float64Array.of(1, 1));
  });

  it('say what comes after the last step and is not played', () => {
    record('0,ue-0,1,1\n', '0,ue-0,2,2\n99,ue-0,1,1\n100,ue-0,1,1\n250,ue-0,1,1\n');
    let said = '';
    const spy = vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
      said += String(chunk);
      return true;
    });
    loadScenario('paper', { replay: dir });
    spy.mockRestore();
    expect(said).toMatch(/2 of 4 jobs of ues come after step 99, the last .* --set episodeSteps=251 plays/);
  });
});

describe('regions', () => {
  const file = 'labels.npy';
  const load = (set: readonly string[] = []) => {
    const scenario = path.join(dir, 'scenario.yaml');
    writeFileSync(
      scenario,
      'cells: [{ xM: 50, yM: 100 }, { xM: 150, yM: 100 }]\nassociation: { model: regions, file: labels.npy }\n',
    );
    return loadScenario(scenario, { set });
  };
  const write = (bytes: Uint8Array) => writeFileSync(path.join(dir, file), bytes);

  it('are read beside the scenario, as NumPy and metalore partition write them', () => {
    write(encodeNpy(Uint16Array.of(0, 1, 1, 1), 2, 2));
    const { scenario, traces } = load();
    expect(traces.regions).toEqual({ columns: 2, rows: 2, labels: Int32Array.of(0, 1, 1, 1) });
    expect(traceFiles(scenario, dir)).toEqual([path.join(dir, file)]);
    const run = { seed: 1, first: 0, count: 2 };
    const { cells } = runEpisodes(scenario, parsePolicy('fixed:0.5,0.5'), run, traces, { cells: true });
    expect(cells.requestsCreated.every((count) => count > 0)).toBe(true);
    expect(load(['association.model=nearest']).traces.regions).toBeUndefined();
  });

  it('are refused with file, place and value', () => {
    const message = () => problemsOf(load).map((problem) => `${problem.path}: ${problem.message}`)[0];
    expect(message()).toContain('labels.npy: no such file');
    write(encodeNpy(Uint16Array.of(0, 2), 1, 2));
    expect(message()).toContain('labels.npy:row 0, column 1: 2 is no cell; expected 0 to 1');
    write(encodeNpy(Uint16Array.of(0, 1), 1, 2).subarray(0, -1));
    expect(message()).toContain('holds 3 bytes of values; 1 × 2 of <u2 are 4');
    write(new TextEncoder().encode('0,1\n1,1\n'));
    expect(message()).toContain('is no .npy file of NumPy');
    const float = Buffer.from(encodeNpy(Uint16Array.of(0, 1), 1, 2));
    float.write('<f8', float.indexOf('<u2'), 'latin1');
    write(float);
    expect(message()).toContain('holds values of type <f8; expected integers');
  });
});

describe('scenario files', () => {
  it('name recorded data relative to themselves', () => {
    record('0,ue-0,1,1\n', '0,ue-0,2,2\n');
    const file = path.join(dir, 'own.yaml');
    writeFileSync(file, 'ues: { count: 1, mobility: { model: trace, file: positions.csv } }\n');
    expect(loadScenario(file).traces.ue!.positions!.xM).toEqual(Float64Array.of(1));
    writeFileSync(file, 'ues: { count: 1, mobility: { model: trace, file: nowhere.csv } }\n');
    expect(problemsOf(() => loadScenario(file))[0].message).toBe('no such file');
  });

  it('are changed as they were written', () => {
    const { scenario } = loadScenario('paper', {
      set: ['area.widthM=400', 'ues.arrivals.probability=0.2', 'cells[0].computeUnits=7'],
      eta: '0.5',
      c2: '-1',
    });
    expect(scenario.cells).toMatchObject([{ xM: 200, yM: 100, computeUnits: 7 }]);
    expect(scenario.ues.arrivals).toEqual({ model: 'bernoulli', probability: 0.2 });
    expect(scenario.reward).toMatchObject({ eta: 0.5, latePenalty: -1 });
    expect(problemsOf(() => loadScenario('paper', { set: ['x'], eta: 'much', c2: '' }))).toHaveLength(3);
    expect(problemsOf(() => loadScenario('nowhere'))[0].message).toMatch(
      /presets: dense, diurnal, dynamic, edge-city, .*, multicell, paper/,
    );
    expect(problemsOf(() => loadScenario('paper', { set: ['ues.speed=1'] }))[0].path).toBe('ues.speed');
  });
});
