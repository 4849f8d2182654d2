import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { renderReport } from '../figures/report.js';
import { checkOutputFolder, withOutputFolder } from '../io/output-folder.js';
import { version, writeManifest } from '../results/manifest.js';
import { writeTable } from '../results/tables.js';
import { runStudy } from '../study/run.js';
import { compareWithTableOne } from '../submetaverse/table-one.js';
import { loadScenario } from '../submetaverse/scenario-files.js';
import { fixedSplitCells, sweepOf, sweepTable } from '../submetaverse/sweep.js';
import type { SweepRow } from '../submetaverse/sweep.js';
import { writeFigures } from '../submetaverse/write-run.js';
import { note, print, printJson, renderTable } from '../terminal/output.js';
import { withInterrupt } from '../work/interrupt.js';
import { runHere, workerCount } from '../work/pool.js';
import { integerOption } from './options.js';
import { studio } from './studio.js';

interface StartOptions {
  episodes: string;
  workers?: string;
  out: string;
  open?: true;
  json?: true;
}

const SEED = 1;

/** `metalore start`: the first minute with the project; `npm start` on a fresh clone ends here. */
export function registerStart(program: Command): void {
  program
    .command('start')
    .description('A first look: the paper’s grid of fixed splits with both queue disciplines, as a report')
    .option('--episodes <n>', 'episodes of every split', '100')
    .option('--workers <n>', 'worker threads (default: one per core, at most 8)')
    .option('--out <dir>', 'folder for the report', path.join('runs', 'start'))
    .option('--open', 'open the studio in the browser afterwards, with what was simulated')
    .option('--json', 'print one JSON object')
    .action(start);
}

async function start(options: StartOptions): Promise<void> {
  const startedAt = new Date();
  const workers = workerCount(options.workers);
  const episodes = integerOption('--episodes', options.episodes, 1);
  await checkOutputFolder(options.out);
  const { scenario: fifo } = loadScenario('paper');
  const { scenario: freshest } = loadScenario('paper', { set: ['sensors.discipline=freshest'] });
  const cells = [
    ...fixedSplitCells(fifo, { seed: SEED, episodes }, { discipline: 'fifo' }),
    ...fixedSplitCells(freshest, { seed: SEED, episodes }, { discipline: 'freshest' }),
  ];
  note(`Simulating ${cells.length} runs: 121 fixed splits of bandwidth and compute, two queue disciplines …`);
  const { rows } = (await withInterrupt((signal) =>
    runStudy(sweepOf(cells, 'start'), { quick: false, runTasks: runHere(workers, signal) }),
  )) as { rows: SweepRow[] };

  const comparison = compareWithTableOne(rows);
  const seconds = (Date.now() - startedAt.getTime()) / 1000;
  await withOutputFolder(options.out, (dir) => writeStart(dir, rows, { episodes, startedAt }));
  const report = path.join(options.out, 'report.html');
  if (options.json) {
    printJson({ episodes, seed: SEED, tableOne: comparison.rows, report, version });
    return;
  }
  print(`The paper’s Table I beside ours (${episodes} episodes of 100 steps, mean ± standard deviation):`);
  print(renderTable(comparison.table.head, comparison.table.rows));
  print(comparison.remarks.join('\n'));
  print(
    `\n${cells.length * episodes} episodes in ${seconds.toFixed(1)} s. Open the report:  ${path.resolve(report)}`,
  );
  print(`Look at it live:  npx metalore studio ${options.out}      Everything else:  npx metalore --help`);
  if (options.open) await studio([options.out], { open: true });
}

async function writeStart(
  dir: string,
  rows: readonly SweepRow[],
  { episodes, startedAt }: { episodes: number; startedAt: Date },
): Promise<void> {
  const { startFigures } = await import('../submetaverse/table-one-figures.js');
  const comparison = compareWithTableOne(rows);
  const figures = startFigures(rows);
  await writeTable(dir, sweepTable(rows));
  await writeFigures(dir, figures);
  await writeFile(
    path.join(dir, 'report.html'),
    renderReport({
      title: 'MetaLore: how should a sub-metaverse split its bandwidth and compute?',
      lead:
        'One base station with an edge server serves 10 moving users and the 15 sensors that keep their digital twin ' +
        `up to date. ${rows.length} fixed splits, ${episodes} episodes of 100 steps each.`,
      sections: [
        {
          heading: 'Table I of the paper, and ours',
          paragraphs: comparison.remarks,
          table: comparison.table,
        },
        ...figures.map(({ title, caption, svg }) => ({ heading: title, svg, caption })),
      ],
    }),
  );
  await writeManifest(dir, { kind: 'start', seed: SEED, startedAt, details: { episodes } });
}
