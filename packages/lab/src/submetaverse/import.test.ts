import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { InvalidInputError } from '@metalore/core/errors';
import { parseScenario } from '@metalore/core/scenario';
import { Simulator } from '@metalore/core/submetaverse';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/metalore.js';
import { import5g } from './import-5g.js';
import { importEua } from './import-eua.js';
import { projectAround } from '../io/projection.js';
import { readTraces } from './traces.js';

let dir: string;
let clean: () => void;
beforeEach(() => ({ dir, clean } = temporaryFolder()));
afterEach(() => clean());

function write(name: string, text: string): string {
  const file = path.join(dir, name);
  writeFileSync(file, text);
  return file;
}

describe('projectAround', () => {
  it('keeps lengths as the ellipsoid has them', () => {
    // Radii of curvature of WGS 84 at 37.815° S: a degree of latitude and one of longitude, in metres.
    const latitude = -37.815;
    const [a, e2, sine] = [6378137, 0.00669437999014, Math.sin((latitude * Math.PI) / 180)];
    const w = Math.sqrt(1 - e2 * sine * sine);
    const perLatitude = ((Math.PI / 180) * a * (1 - e2)) / w ** 3;
    const perLongitude = ((Math.PI / 180) * a * Math.sqrt(1 - sine * sine)) / w;
    const [south, north, west, east] = projectAround([
      { latitude: latitude - 0.005, longitude: 144.96 },
      { latitude: latitude + 0.005, longitude: 144.96 },
      { latitude, longitude: 144.95 },
      { latitude, longitude: 144.97 },
    ]);
    expect(north.yM - south.yM).toBeCloseTo(0.01 * perLatitude, 2);
    expect(east.xM - west.xM).toBeCloseTo(0.02 * perLongitude, 2);
    expect(north.xM).toBeCloseTo(south.xM, 6);
  });
});

describe('importEua', () => {
  const sites =
    'SITE_ID,LATITUDE,LONGITUDE,NAME\n1,-37.815,144.95,"Spring, and Flinders"\n2,-37.81,144.96,b\n';

  it('makes one cell a site and one UE a user', () => {
    const users = write('users.csv', 'Latitude,Longitude\n-37.812,144.955\n-37.813,144.951\n');
    const imported = importEua(write('sites.csv', sites), users);
    const scenario = parseScenario(imported.scenario);
    expect([scenario.cells.length, scenario.ues.count, scenario.sensors.count]).toEqual([2, 2, 3]);
    expect(scenario.cells[0]).toMatchObject({ xM: 50, yM: 50 }); // the south-western one, with the margin
    expect(scenario.cells[1].yM).toBeCloseTo(50 + 0.005 * 110_990, -1);
    expect(scenario.ues.mobility).toMatchObject({ model: 'static', positions: { length: 2 } });
  });

  it('names broken rows, or counts them', () => {
    const users = write('users.csv', 'Latitude,Longitude\n-37.812,144.955\n-97,144\n-37,\n');
    const file = write('sites.csv', sites);
    expect(() => importEua(file, users)).toThrow(InvalidInputError);
    expect(() => importEua(file, users)).toThrow(/users\.csv:3:Latitude: "-97" is less than -90/);
    const imported = importEua(file, users, { skipBadRows: true });
    expect([imported.skippedRows, imported.scenario.ues!.count]).toEqual([2, 1]);
    expect(() => importEua(file, write('none.csv', 'Latitude,Longitude\n'))).toThrow(
      /none\.csv: has no rows/,
    );
  });
});

describe('import5g', () => {
  const head = 'Timestamp,Longitude,Latitude,Speed,CellID,DL_bitrate,UL_bitrate\n';

  it('averages the rows of a second, keeps gaps, and leaves missing values out', () => {
    const file = write(
      'drive.csv',
      head +
        '2020.02.27_23.59.59,-8.40,51.90,0,13,1000,94\n' +
        '2020.02.27_23.59.59,-8.40,51.90,0,13,3000,100\n' +
        '2020.02.28_00.00.01,-8.39,51.90,0,13,-,50\n' +
        '2020.02.28_00.00.02,-,-,0,14,500,-\n',
    );
    const { scenario, files } = import5g(file, { direction: 'dl' });
    expect(files['links.csv']).toBe('step,device,rateMbps,cell\n0,ue-0,2,0\n3,ue-0,0.5,\n');
    expect(files['positions.csv'].split('\n').map((line) => line.split(',')[0])).toEqual([
      'step',
      '0',
      '2',
      '',
    ]);
    expect(import5g(file).files['links.csv']).toContain('2,ue-0,0.05');
    const resolved = parseScenario(scenario);
    expect([resolved.episodeSteps, resolved.cells.length, resolved.ues.count]).toEqual([4, 1, 1]);
  });

  it('names broken rows, or counts them', () => {
    const file = write(
      'drive.csv',
      head +
        '2020.02.27_17.30.15,-8.4,51.9,0,13,1000,94\n' +
        '2020.13.27_17.30.15,-8.4,51.9,0,13,1000,94\n' +
        '2020.02.27_17.30.17,-8.4,51.9,0,13,fast,94\n',
    );
    expect(() => import5g(file)).toThrow(/drive\.csv:4:DL_bitrate: "fast" is not a number/);
    const { skippedRows, files } = import5g(file, { skipBadRows: true, direction: 'dl' });
    expect(skippedRows).toBe(2);
    expect(files['links.csv']).toBe('step,device,rateMbps,cell\n0,ue-0,1,0\n');
    expect(() => import5g(write('empty.csv', head))).toThrow(/no row with a position/);
  });

  it('names rows that would stretch the area or the time, or leaves them out', () => {
    const far = write(
      'far.csv',
      head +
        '2020.02.27_17.30.15,-8.4,51.9,0,13,1000,94\n' +
        '2020.02.27_17.30.16,0,0,0,13,1000,94\n' +
        '2020.02.27_17.30.17,-8.4,51.901,0,13,1000,94\n',
    );
    expect(() => import5g(far)).toThrow(/far\.csv:3: latitude 0, longitude 0 lies 58\d\d km from the middle/);
    const { scenario, skippedRows } = import5g(far, { skipBadRows: true });
    expect([skippedRows, scenario.area!.widthM! < 1000, scenario.episodeSteps]).toEqual([1, true, 3]);
    const day = write(
      'day.csv',
      head + '2020.02.27_17.30.15,-8.4,51.9,0,13,1000,94\n2020.02.28_17.30.15,-8.4,51.9,0,13,1000,94\n',
    );
    expect(() => import5g(day)).toThrow(/day\.csv:3:Timestamp: .* comes 86400 s after .* of line 2/);
    expect(import5g(day, { maxGapS: 86_400 }).scenario.episodeSteps).toBe(86_401);
    const sites = write('sites.csv', 'LATITUDE,LONGITUDE\n-37.815,144.95\n-37.81,144.96\n');
    const users = write('users.csv', 'LATITUDE,LONGITUDE\n-37.812,144.955\n0,0\n');
    expect(() => importEua(sites, users)).toThrow(/users\.csv:3: latitude 0, longitude 0 lies/);
  });

  it('takes idle rows for no measurement, and says which technologies there were', () => {
    const file = write(
      'drive.csv',
      'Timestamp,Longitude,Latitude,CellID,NetworkMode,DL_bitrate,UL_bitrate,State\n' +
        '2020.02.27_17.30.15,-8.4,51.9,13,5G,1000,400,D\n' +
        '2020.02.27_17.30.16,-8.4,51.901,13,LTE,0,0,I\n' +
        '2020.02.27_17.30.17,-8.4,51.901,13,5G,900,200,D\n',
    );
    const { files, comment, leftOut } = import5g(file);
    expect(files['links.csv']).toBe('step,device,rateMbps,cell\n0,ue-0,0.4,0\n2,ue-0,0.2,0\n');
    expect(files['positions.csv'].trim().split('\n')).toHaveLength(4);
    expect(comment).toContain('Technology by rows: 5G 67 %, LTE 33 %.');
    expect(leftOut).toEqual({ 'idle rows as measurements': 1 });
  });

  it('takes several phones, and keeps which cell served each, second by second', () => {
    const rows = (cells: string[], north: number, time = '17.30') =>
      cells.map((cell, at) => `2020.02.27_${time}.1${at},-8.4,${north},0,${cell},1,${at + 1}000\n`).join('');
    const [one, two] = [
      write('one.csv', head + rows(['A', 'A', 'B'], 51.9)),
      write('two.csv', head + rows(['B', 'C', 'B'], 51.902, '18.40')),
    ];
    const { scenario: input, files } = import5g([one, two]);
    expect(files['links.csv'].trim().split('\n').slice(1)).toEqual([
      '0,ue-0,1,0',
      '1,ue-0,2,0',
      '2,ue-0,3,1',
      '0,ue-1,1,1',
      '1,ue-1,2,2',
      '2,ue-1,3,1',
    ]);
    const scenario = parseScenario(input);
    expect([scenario.ues.count, scenario.cells.length, scenario.episodeSteps]).toEqual([2, 3, 3]);
    for (const [name, content] of Object.entries(files)) write(name, content);
    const simulator = new Simulator(scenario, { traces: readTraces(scenario, dir) });
    const seen: number[][] = [];
    for (let step = 0; step < 3; step++) {
      simulator.advance([0.5, 0.5, 0.5, 0.5, 0.5, 0.5]);
      seen.push([...simulator.ues.chosenCell]);
    }
    expect(seen).toEqual([
      [0, 1],
      [0, 2],
      [1, 1],
    ]);
    expect(simulator.metrics.total('handovers')).toBe(3);
    const again = new Simulator(scenario, { traces: readTraces(scenario, dir) });
    again.restore(JSON.parse(JSON.stringify(simulator.snapshot())));
    expect(again.snapshot()).toEqual(simulator.snapshot());
    write('links.csv', files['links.csv'].replace('3,1', '3,7'));
    expect(() => readTraces(scenario, dir)).toThrow(/links\.csv:4:cell: 7 is no cell; expected 0 to 2/);
  });

  it('reads 40,000 rows of one second in no time', () => {
    const row = '2020.02.27_17.30.15,-8.4,51.9,0,13,1000,94\n';
    expect(import5g(write('dense.csv', head + row.repeat(40_000))).scenario.episodeSteps).toBe(1);
  });
});
