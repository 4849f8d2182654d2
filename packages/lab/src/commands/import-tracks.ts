import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseScenario } from '@metalore/core/scenario';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { checkOutputFolder, withOutputFolder } from '../io/output-folder.js';
import { version, writeManifest } from '../results/manifest.js';
import { importFcd, type ImportedTracks } from '../submetaverse/tracks/import-fcd.js';
import { importGps } from '../submetaverse/tracks/import-gps.js';
import { print, printJson } from '../terminal/output.js';
import { numberOption } from './options.js';

interface TrackOptions {
  out: string;
  step: string;
  cellSpacing: string;
  skipBadRows?: true;
  json?: true;
}

interface FcdCommandOptions extends TrackOptions {
  geo?: true;
}

interface GpsCommandOptions extends TrackOptions {
  id?: string;
  time?: string;
  lat?: string;
  lon?: string;
  x?: string;
  y?: string;
  columns?: string;
  maxGap: string;
  maxSpeed: string;
}

/** `metalore import fcd` and `import gps`: recorded movement. @param command `metalore import` */
export function registerTrackImports(command: Command): void {
  const fcd = command
    .command('fcd')
    .description('Movement simulated by SUMO: fcd-output as XML or as xml2csv makes of it, also .gz')
    .argument('<file>', 'the FCD file')
    .option('--geo', 'x and y are longitude and latitude (fcd-output.geo)');
  addTrackOptions(fcd, 'fcd').action((file: string, options: FcdCommandOptions) =>
    writeTracks('fcd', file, options, (dir, common) =>
      importFcd(file, dir, { ...common, geo: options.geo ?? false }),
    ),
  );
  const gps = command
    .command('gps')
    .description(
      'A log of positions as CSV: any columns, any order, seconds, milliseconds or dates, also .gz',
    )
    .argument('<file>', 'the log')
    .option('--id <column>', 'column of the device (default: the usual names are tried)')
    .option('--time <column>', 'column of the time')
    .option('--lat <column>', 'column of the latitude, degrees')
    .option('--lon <column>', 'column of the longitude, degrees')
    .option('--x <column>', 'column of x, m, in place of degrees')
    .option('--y <column>', 'column of y, m')
    .option('--columns <names>', 'names of all columns of a file without a header, as id,time,lon,lat')
    .option('--max-gap <s>', 'longest gap that is bridged straight; a device is away over longer ones', '60')
    .option('--max-speed <mps>', 'faster ones are jumps of the receiver, and left out', '70');
  addTrackOptions(gps, 'gps').action((file: string, options: GpsCommandOptions) =>
    writeTracks('gps', file, options, (dir, common) =>
      importGps(file, dir, {
        ...common,
        ...options,
        skipBadRows: common.skipBadRows,
        columns: options.columns?.split(',').map((name) => name.trim()),
        maxGapS: numberOption('--max-gap', options.maxGap, 0)!,
        maxSpeedMps: numberOption('--max-speed', options.maxSpeed, 0)!,
      }),
    ),
  );
}

function addTrackOptions(command: Command, kind: string): Command {
  return command
    .option('--step <s>', 'length of a step of the scenario', '1')
    .option('--cell-spacing <m>', 'distance of the base stations, which the file does not have', '500')
    .option('--out <dir>', 'folder for the scenario', path.join('runs', kind))
    .option('--skip-bad-rows', 'leave broken rows out, and count them')
    .option('--json', 'print one JSON object');
}

interface Common {
  readonly name: string;
  readonly stepS: number;
  readonly cellSpacingM: number;
  readonly skipBadRows: boolean;
}

async function writeTracks(
  kind: string,
  file: string,
  options: TrackOptions,
  read: (dir: string, common: Common) => Promise<ImportedTracks>,
): Promise<void> {
  const startedAt = new Date();
  const common = {
    name: kind,
    stepS: numberOption('--step', options.step, Number.MIN_VALUE)!,
    cellSpacingM: numberOption('--cell-spacing', options.cellSpacing, Number.MIN_VALUE)!,
    skipBadRows: options.skipBadRows ?? false,
  };
  await checkOutputFolder(options.out);
  const start = performance.now();
  const { scenario, counts, span, places, comment } = await withOutputFolder(options.out, async (dir) => {
    const imported = await read(dir, common);
    const text = stringify(imported.scenario, { collectionStyle: 'any', flowCollectionPadding: true });
    await writeFile(path.join(dir, 'scenario.yaml'), `# ${imported.comment}\n${text}`);
    const parsed = parseScenario(imported.scenario, `scenario from ${file}`);
    const [{ importMapFigure }, { writeFigure }] = await Promise.all([
      import('../submetaverse/import-map.js'),
      import('../figures/write-figure.js'),
    ]);
    await writeFigure(dir, 'map', importMapFigure(parsed, imported.places));
    const details = { sources: [file], ...imported.counts, span: imported.span };
    await writeManifest(dir, { kind: `import ${kind}`, scenario: parsed, startedAt, details });
    return { ...imported, scenario: parsed };
  });
  const written = path.join(options.out, 'scenario.yaml');
  const { cells, ues, area, episodeSteps } = scenario;
  const seconds = (performance.now() - start) / 1e3;
  if (options.json) {
    printJson({
      scenario: written,
      ...{ cells: cells.length, ues: ues.count, area, episodeSteps, span, ...counts, seconds, version },
    });
    return;
  }
  print(`${comment}\n${countsText(counts)}`);
  print(
    `${(span[1] - span[0]).toFixed(0)} s from ${span[0]} to ${span[1]}, ${episodeSteps} steps; ${area.widthM} m × ${area.heightM} m, ` +
      `${places.length} squares on the map, ${cells.length} base station${cells.length === 1 ? '' : 's'}. Next: metalore simulate ${written} --episodes 1`,
  );
}

/** Rows read, used, and left out by reason. */
function countsText({ read, used, leftOut }: ImportedTracks['counts']): string {
  const reasons = Object.entries(leftOut).map(([reason, count]) => `${count} ${reason}`);
  return `${read} rows read, ${used} used${reasons.length > 0 ? `; left out: ${reasons.join(', ')}` : ''}.`;
}
