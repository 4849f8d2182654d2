import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { InvalidInputError } from '@metalore/core/errors';
import { parseScenario } from '@metalore/core/scenario';
import { Simulator } from '@metalore/core/submetaverse';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readTraces } from '../traces.js';
import { importFcd, type FcdOptions } from './import-fcd.js';
import { importGps, type GpsOptions } from './import-gps.js';

let dir = '';
beforeEach(() => (dir = mkdtempSync(path.join(os.tmpdir(), 'metalore-tracks-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(path.join(dir, name), content);
  return path.join(dir, name);
};
const lines = (name: string) => readFileSync(path.join(dir, name), 'utf8').trim().split('\n').slice(1);
const common = { name: 'test', stepS: 1, cellSpacingM: 500, skipBadRows: false };
const fcd = (name: string, options: Partial<FcdOptions> = {}) =>
  importFcd(name, dir, { ...common, geo: false, ...options });
const gps = (name: string, options: Partial<GpsOptions> = {}) =>
  importGps(name, dir, { ...common, maxGapS: 60, maxSpeedMps: 70, ...options });
const problemOf = async (promise: Promise<unknown>) => {
  const error: unknown = await promise.catch((thrown: unknown) => thrown);
  if (!(error instanceof InvalidInputError)) throw error;
  return `${error.problems[0].path.replace(`${dir}/`, '')}: ${error.problems[0].message}`;
};

const XML = `<?xml version="1.0" encoding="UTF-8"?>
<fcd-export>
  <timestep time="10.00">
    <vehicle id="a" x="100.00" y="50.00" angle="90" type="car" speed="5" pos="5.1" lane="e_0" slope="0"/>
  </timestep>
  <timestep time="10.50">
    <vehicle id="a" x="102.50" y="50.00"/>
    <vehicle id="b&amp;c" x="200.00" y="80.00"/>
  </timestep>
  <timestep time="11.00">
    <vehicle id="b&amp;c" x="200.00" y="81.00"/>
    <person id="a" x="150.00" y="60.00"/>
  </timestep>
  <timestep time="12.00"/>
  <timestep time="13.00">
    <vehicle id="a" x="110.00" y="50.00"/>
  </timestep>
</fcd-export>
`;
/**
 * Row by row, in metres from 50 m beyond the outermost: a leaves after step 0, in which the last of two time steps counts, and
 * comes back in 3; b comes in 0 and leaves in 2, as does the person that comes in 1.
 */
const ROWS = [
  '0,ue-0,50,50',
  '0,ue-1,147.5,80',
  '0,ue-2,,',
  '1,ue-0,,',
  '1,ue-1,147.5,81',
  '1,ue-2,97.5,60',
  '2,ue-1,,',
  '2,ue-2,,',
  '3,ue-0,57.5,50',
];

const csv = `timestep_time;vehicle_angle;vehicle_id;vehicle_x;vehicle_y;person_id;person_x;person_y
10.00;90;a;100.00;50.00;;;
10.50;90;a;102.50;50.00;;;
10.50;90;b&c;200.00;80.00;;;
11.00;0;b&c;200.00;81.00;a;150.00;60.00
12.00;;;;;;;
13.00;0;a;110.00;50.00;;;
`;

describe('floating car data of SUMO', () => {
  it.each([
    ['XML', 'fcd.xml', XML],
    ['XML under gzip', 'fcd.xml.gz', gzipSync(XML)],
    ['the table of xml2csv', 'fcd.csv', csv],
    ['its table with other line ends', 'fcd.csv', csv.replaceAll('\n', '\r\n')],
  ])('%s: every position, who comes and who leaves, row by row', async (_kind, name, content) => {
    const { scenario, counts, span } = await fcd(file(name, content));
    expect(lines('positions.csv').sort()).toEqual(ROWS);
    expect(lines('devices.csv')).toEqual(['ue-0,a', 'ue-1,b&c', 'ue-2,person a']);
    expect(counts).toEqual({ read: 6, used: 6, leftOut: {} });
    expect(span).toEqual([10, 13]);
    expect(scenario).toMatchObject({ episodeSteps: 4, ues: { count: 3 } });
  });

  it('a step may be shorter: time steps of half a second', async () => {
    const { scenario } = await fcd(file('fcd.xml', XML), { stepS: 0.5 });
    expect(scenario).toMatchObject({ episodeSteps: 7, stepS: 0.5 });
    expect(lines('positions.csv').filter((row) => row.includes('ue-0'))).toEqual([
      '0,ue-0,50,50',
      '1,ue-0,52.5,50',
      '2,ue-0,,',
      '6,ue-0,60,50',
    ]);
  });

  it('longitude and latitude become metres (a degree of latitude is 111 km)', async () => {
    const at = (time: number, lon: number, lat: number) =>
      `<timestep time="${time}"><vehicle id="a" x="${lon}" y="${lat}"/></timestep>`;
    const content = `<fcd-export>${at(0, 13.4, 52.5)}${at(1, 13.41, 52.51)}</fcd-export>`;
    await fcd(file('geo.xml', content), { geo: true, cellSpacingM: 2000 });
    const [first, second] = lines('positions.csv').map((row) => row.split(',').slice(2).map(Number));
    expect(second[1] - first[1]).toBeGreaterThan(1105);
    expect(second[1] - first[1]).toBeLessThan(1120);
    expect(second[0] - first[0]).toBeGreaterThan(670);
    expect(second[0] - first[0]).toBeLessThan(690);
    expect(await problemOf(fcd(file('geo.xml', content.replace('13.41', '1341')), { geo: true }))).toMatch(
      /geo\.xml:1:x: \(1341, 52\.51\) is no longitude and latitude/,
    );
  });

  it('plays: UEs that are away have no service, create nothing, and drop what they have not sent', async () => {
    const { scenario: input } = await fcd(file('fcd.xml', XML));
    const scenario = parseScenario({
      ...input,
      ues: { ...input.ues, arrivals: { model: 'bernoulli', probability: 1 }, meanSizeMbit: 1e5 },
    });
    const simulator = new Simulator(scenario, { traces: readTraces(scenario, dir) });
    const cells: number[][] = [];
    for (let step = 0; step < 4; step++) {
      simulator.advance([0.5, 0.5]);
      cells.push([...simulator.ues.cell]);
    }
    expect(cells).toEqual([
      [0, 0, -1],
      [-1, 0, 0],
      [-1, -1, -1],
      [0, -1, -1],
    ]);
    const { metrics } = simulator;
    expect(metrics.total('requestsCreated')).toBe(5);
    expect(metrics.total('requestsDropped')).toBe(4);
    expect(metrics.total('handovers')).toBe(0);
    const again = new Simulator(scenario, { traces: readTraces(scenario, dir) });
    again.advance([0.5, 0.5]);
    again.restore(JSON.parse(JSON.stringify(simulator.snapshot())));
    expect(again.snapshot()).toEqual(simulator.snapshot());
  });

  it.each([
    ['a broken number', XML.replace('x="102.50"', 'x="1o2"'), 'fcd.xml:7:x: "1o2" is not a number'],
    ['a missing attribute', XML.replace(' y="81.00"', ''), 'fcd.xml:11:y: is missing'],
    ['no id', XML.replace('<person id="a"', '<person'), 'fcd.xml:12:id: is missing'],
    ['no time', XML.replace(' time="12.00"', ''), 'fcd.xml:14:time: is missing'],
    [
      'time that goes back',
      XML.replace('time="12.00"', 'time="9"'),
      'fcd.xml:14:time: 9 comes after 11; time steps are in ascending order',
    ],
    [
      'one twice',
      XML.replace('id="b&amp;c"', 'id="a"'),
      'fcd.xml:8:id: "a" stands in this time step already',
    ],
    ['XML that ends', XML.slice(0, 300), 'fcd.xml:8: ends inside <timestep>'],
    [
      'a vehicle outside',
      '<f><vehicle id="a" x="1" y="1"/></f>',
      'fcd.xml:1: <vehicle> stands outside a <timestep>',
    ],
    ['nobody', '<fcd-export/>', 'fcd.xml: has no vehicle with a position'],
  ])('refuses %s with its place', async (_what, content, message) => {
    const problem = await problemOf(fcd(file('fcd.xml', content)));
    if (typeof message === 'string') expect(problem).toBe(message);
    else expect(problem).toMatch(message);
  });

  it('leaves broken rows out when asked to, and counts them; tables are refused with line and column', async () => {
    const { counts } = await fcd(file('fcd.xml', XML.replace('x="102.50"', 'x="1o2"')), {
      skipBadRows: true,
    });
    expect(counts).toEqual({ read: 6, used: 5, leftOut: { broken: 1 } });
    expect(await problemOf(fcd(file('f.csv', csv.replace('102.50', 'east'))))).toBe(
      'f.csv:3:x: "east" is not a number',
    );
    expect(await problemOf(fcd(file('f.csv', 'time;id\n1;2\n')))).toMatch(
      /f\.csv:1: no columns "timestep_time"/,
    );
    expect(await problemOf(fcd(file('f.csv', csv.replace('12.00;;', '12.00;'))))).toBe(
      'f.csv:6: 7 fields, the header has 8',
    );
    expect(await problemOf(fcd(path.join(dir, 'none.xml')))).toBe('none.xml: no such file');
    expect(await problemOf(fcd(file('not.xml.gz', 'plain')))).toMatch(/not\.xml\.gz: cannot be read/);
    expect(await problemOf(fcd(file('fcd.xml', XML), { cellSpacingM: 1 }))).toMatch(
      /--cell-spacing: .* at most 400/,
    );
  });
});

describe('logs of positions', () => {
  const log = `id,time,x,y
a,100,0,0
b,2024-01-01T00:01:41Z,500,500
a,104,40,0
a,104.4,44,2
a,101,10,0
`.replace('2024-01-01T00:01:41Z', '102');

  it('any order, straight in between, the last of a step: row by row', async () => {
    const { counts, span, scenario } = await gps(file('log.csv', log));
    expect(lines('positions.csv')).toEqual([
      '0,ue-0,50,50',
      '1,ue-0,60,50',
      // from (10, 0) at 101 s to (44, 2) at 104.4 s
      '2,ue-0,70,50.59',
      '3,ue-0,80,51.18',
      '4,ue-0,94,52',
      '0,ue-1,,',
      '2,ue-1,550,550',
      '3,ue-1,,',
    ]);
    expect(counts).toEqual({ read: 5, used: 4, leftOut: { 'several in one step': 1 } });
    expect(span).toEqual([100, 104.4]);
    expect(scenario.episodeSteps).toBe(5);
  });

  it('gaps beyond the limit are absence, jumps are left out and counted', async () => {
    const jumpy = 'id,time,x,y\na,0,0,0\na,1,5000,0\na,2,20,0\na,100,30,0\n';
    const { counts } = await gps(file('log.csv', jumpy));
    expect(lines('positions.csv')).toEqual([
      '0,ue-0,50,50',
      '1,ue-0,60,50',
      '2,ue-0,70,50',
      '3,ue-0,,',
      '100,ue-0,80,50',
    ]);
    expect(counts).toEqual({ read: 4, used: 3, leftOut: { 'faster than 70 m/s': 1 } });
    await gps(file('log.csv', jumpy), { maxGapS: 98, maxSpeedMps: 1e4 });
    expect(lines('positions.csv')).toHaveLength(101);
  });

  it('the same log as seconds, milliseconds, dates and dates with zones, and as the taxi form without a header', async () => {
    const at = (times: readonly string[]) =>
      `taxi_id,timestamp,longitude,latitude\n7,${times[0]},116.40,39.90\n7,${times[1]},116.4001,39.90\n`;
    const contents = [
      at(['1700000000', '1700000005']),
      at(['1700000000000', '1700000005000']),
      at(['2023-11-14 22:13:20', '2023/11/14 22:13:25']),
      at(['2023-11-15T06:13:20+08:00', '2023-11-14T22:13:25Z']),
    ];
    const results: string[][] = [];
    for (const content of contents) {
      await gps(file('log.csv', content));
      results.push(lines('positions.csv'));
    }
    await gps(file('taxi.txt', contents[2].split('\n').slice(1).join('\n')), {
      columns: ['id', 'time', 'lon', 'lat'],
    });
    results.push(lines('positions.csv'));
    expect(results[0]).toHaveLength(6);
    for (const result of results) expect(result).toEqual(results[0]);
    // .0001 degrees of longitude at 39.9° north are 8.55 m
    expect(Number(results[0][5].split(',')[2]) - 50).toBeCloseTo(8.55, 1);
  });

  it.each([
    ['x', log.replace('40,0', '4o,0'), {}, 'log.csv:4:x: "4o" is not a number'],
    ['time', log.replace('a,104,', 'a,soon,'), {}, /log\.csv:4:time: "soon" is no time; expected seconds/],
    ['id', log.replace('b,102', ',102'), {}, 'log.csv:3:id: is empty'],
    ['fields', log.replace('b,102', 'b,1,102'), {}, 'log.csv:3: 5 fields, expected 4'],
    ['columns', log, { id: 'who' }, /log\.csv:1: no column for who; the file has id, time, x, y/],
    ['latitude', 'id,time,lat,lon\na,1,91,0\n', {}, /log\.csv:2:lat: 91 lies outside/],
    ['no rows', 'id,time,x,y\n', {}, 'log.csv: has no position'],
    ['a year', 'id,time,x,y\na,0,0,0\na,31536000,1,1\n', {}, /31536001 steps of 1 s .*at most 10000000/],
  ])('refuses a broken %s with its place', async (_what, content, options, message) => {
    const problem = await problemOf(gps(file('log.csv', content), options));
    if (typeof message === 'string') expect(problem).toBe(message);
    else expect(problem).toMatch(message);
  });

  it('positions outside the area, and half positions, are refused when a scenario plays them', async () => {
    const { scenario: input } = await gps(file('log.csv', log));
    const scenario = parseScenario(input);
    const broken = (row: string) => {
      file('positions.csv', `step,device,x,y\n0,ue-0,1,1\n0,ue-1,1,1\n${row}\n`);
      return problemOf(Promise.resolve().then(() => readTraces(scenario, dir)));
    };
    expect(await broken('1,ue-1,9999,1')).toMatch(
      /positions\.csv:4: ue-1 stands at \(9999, 1\), outside the area/,
    );
    expect(await broken('1,ue-1,,1')).toMatch(/positions\.csv:4: x and y of ue-1: one of them is missing/);
  });
});
