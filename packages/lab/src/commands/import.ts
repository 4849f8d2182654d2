import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { InvalidInputError } from '@metalore/core/errors';
import { parsePartitionInstance } from '@metalore/core/partition';
import { parseScenario } from '@metalore/core/scenario';
import type { Scenario } from '@metalore/core/scenario';
import type { Traces } from '@metalore/core/submetaverse';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { checkOutputFolder, withOutputFolder } from '../io/output-folder.js';
import { euaPartitionInstance } from '../partition/eua.js';
import { version, writeManifest } from '../results/manifest.js';
import { MAX_GAP_S, import5g } from '../submetaverse/import-5g.js';
import { importEua } from '../submetaverse/import-eua.js';
import type { ImportedPartition } from '../partition/eua.js';
import type { ImportedScenario } from '../submetaverse/import-eua.js';
import { readTraces } from '../submetaverse/traces.js';
import { note, print, printJson } from '../terminal/output.js';
import { registerTrackImports } from './import-tracks.js';
import { integerOption } from './options.js';

interface ImportOptions {
  out: string;
  skipBadRows?: true;
  direction?: string;
  maxGap: string;
  partition?: true;
  json?: true;
}

/** `metalore import …`: scenarios from real measurements. */
export function registerImport(program: Command): void {
  const command = program.command('import').description('Make a scenario from real data');
  command
    .command('eua')
    .description(
      'Base-station sites and users (CSV with LATITUDE and LONGITUDE, WGS 84; sites also as OpenCellID has them): a scenario of many cells',
    )
    .argument('<sites>', 'CSV file of the sites')
    .argument('<users>', 'CSV file of the users')
    .option('--partition', 'an instance for `metalore partition` instead: sites as servers, users as twins')
    .option('--out <dir>', 'folder for the scenario', path.join('runs', 'eua'))
    .option('--skip-bad-rows', 'leave broken rows out, and count them')
    .option('--json', 'print one JSON object')
    .action((sites: string, users: string, options: ImportOptions) =>
      options.partition
        ? writePartition(euaPartitionInstance(sites, users, reading(options)), [sites, users], options)
        : writeImported(importEua(sites, users, reading(options)), 'eua', [sites, users], options),
    );
  registerTrackImports(command);
  command
    .command('5g')
    .description(
      'A drive test (Timestamp, Longitude, Latitude, DL_bitrate, UL_bitrate): mobility and link rates',
    )
    .argument('<trace...>', 'CSV file of the drive; of several each is a phone')
    .option('--direction <dl|ul>', 'which measured rate the link has; the simulated one is an uplink', 'ul')
    .option('--max-gap <s>', 'longest time without a row within one drive', String(MAX_GAP_S))
    .option('--out <dir>', 'folder for the scenario', path.join('runs', '5g'))
    .option('--skip-bad-rows', 'leave broken rows out, and count them')
    .option('--json', 'print one JSON object')
    .action((traces: string[], options: ImportOptions) => {
      const { direction } = options;
      if (direction !== 'dl' && direction !== 'ul') {
        const message = `"${String(direction)}" is not a direction; accepted: dl, ul`;
        throw new InvalidInputError('option', [{ path: '--direction', message }]);
      }
      const maxGapS = integerOption('--max-gap', options.maxGap, 1);
      const imported = import5g(traces, { ...reading(options), direction, maxGapS });
      return writeImported(imported, '5g', traces, options);
    });
}

function reading(options: ImportOptions): { skipBadRows?: boolean } {
  return options.skipBadRows ? { skipBadRows: true } : {};
}

async function writeImported(
  imported: ImportedScenario,
  kind: string,
  sources: readonly string[],
  options: ImportOptions,
): Promise<void> {
  const startedAt = new Date();
  const scenario = parseScenario(imported.scenario, `scenario from ${sources.join(', ')}`);
  await checkOutputFolder(options.out);
  await withOutputFolder(options.out, async (dir) => {
    for (const [name, content] of Object.entries(imported.files))
      await writeFile(path.join(dir, name), content);
    const comment = imported.comment.replace(/^/gm, '# ');
    await writeFile(
      path.join(dir, 'scenario.yaml'),
      `${comment}\n${stringify(imported.scenario, { collectionStyle: 'any', flowCollectionPadding: true })}`,
    );
    const traces = readTraces(scenario, dir); // what was written can be read
    const [{ importMapFigure }, { writeFigure }] = await Promise.all([
      import('../submetaverse/import-map.js'),
      import('../figures/write-figure.js'),
    ]);
    await writeFigure(dir, 'map', importMapFigure(scenario, placesOf(scenario, traces)));
    await writeManifest(dir, { kind: `import ${kind}`, scenario, startedAt, details: { sources } });
  });
  const file = path.join(options.out, 'scenario.yaml');
  const { cells, ues, sensors, area, episodeSteps } = scenario;
  if (options.json) {
    printJson({
      scenario: file,
      cells: cells.length,
      ues: ues.count,
      sensors: sensors.count,
      area,
      episodeSteps,
      skippedRows: imported.skippedRows,
      version,
    });
    return;
  }
  if (imported.skippedRows > 0) note(`${imported.skippedRows} broken rows left out`);
  for (const [reason, count] of Object.entries(imported.leftOut ?? {})) note(`${count} ${reason} left out`);
  print(imported.comment);
  print(
    `${cells.length} cells, ${ues.count} UEs, ${sensors.count} sensors on ${area.widthM} m × ${area.heightM} m. ` +
      `Next: metalore simulate ${file}`,
  );
}

/** Where the UEs of an imported scenario stand, or were. */
function placesOf({ ues }: Scenario, { ue }: Traces): { xM: number; yM: number }[] {
  if (ues.mobility.model === 'static') return [...(ues.mobility.positions ?? [])];
  const { xM, yM } = ue?.positions ?? { xM: [], yM: [] };
  return Array.from(xM, (x, row) => ({ xM: x, yM: yM[row] }));
}

async function writePartition(
  { document, comment, skippedRows }: ImportedPartition,
  sources: readonly string[],
  options: ImportOptions,
): Promise<void> {
  const startedAt = new Date();
  const instance = parsePartitionInstance(document, `instance from ${sources.join(', ')}`);
  await checkOutputFolder(options.out);
  await withOutputFolder(options.out, async (dir) => {
    const text = stringify(document, { collectionStyle: 'any', flowCollectionPadding: true });
    await writeFile(path.join(dir, 'instance.yaml'), `${comment.replace(/^/gm, '# ')}\n${text}`);
    await writeManifest(dir, {
      kind: 'import eua --partition',
      startedAt,
      details: { sources, skippedRows },
    });
  });
  const file = path.join(options.out, 'instance.yaml');
  const { servers, twins, zone } = instance;
  if (options.json) {
    printJson({ instance: file, servers: servers.length, twins: twins.length, zone, skippedRows, version });
    return;
  }
  if (skippedRows > 0) note(`${skippedRows} broken rows left out`);
  print(
    `${servers.length} servers, ${twins.length} twins on ${zone.widthM} m × ${zone.heightM} m. ` +
      `Next: metalore partition ${file}`,
  );
}
