import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ProviderInstance } from '@metalore/core/provider';
import { renderReport } from '../figures/report.js';
import { writeFigure } from '../figures/write-figure.js';
import { withOutputFolder } from '../io/output-folder.js';
import { writeManifest } from '../results/manifest.js';
import { writeTable } from '../results/tables.js';
import type { EventLog } from './event-log.js';
import type { ProviderResult } from './run.js';
import { runFigure } from './run-figure.js';

/** Writes a run: `outcome.json`, `instance.json`, `events.parquet`, a figure, a report and a manifest. */
export async function writeProviderResult(
  out: string,
  instance: ProviderInstance,
  result: ProviderResult,
  log: EventLog,
  { input, startedAt }: { input: string; startedAt: Date },
): Promise<void> {
  // Times stand in the manifest alone: the outcome is the same bytes whenever it was computed.
  const { seconds, ...outcome } = result;
  const { policy, reward, accepted, finished, lost, crashes, completedValue, bound } = outcome;
  const svg = runFigure(log, policy);
  await withOutputFolder(out, async (dir) => {
    await writeTable(dir, { name: 'events', columns: log.columns });
    await writeFile(path.join(dir, 'outcome.json'), `${JSON.stringify(outcome, null, 2)}\n`);
    await writeFile(
      path.join(dir, 'instance.json'),
      `${JSON.stringify({ kind: 'provider', ...instance }, null, 2)}\n`,
    );
    await mkdir(path.join(dir, 'figures'));
    await writeFigure(path.join(dir, 'figures'), 'provider-run', svg);
    const section = {
      heading: `Reward ${reward.toFixed(3)} by ${policy}`,
      paragraphs: [
        `No plan without a crash gives more than ${bound.crashFree.toFixed(3)}, no plan more than ${bound.capacityFree.toFixed(3)}.`,
      ],
      table: {
        head: ['accepted', 'finished', 'lost', 'crashes', 'value of finished'],
        rows: [[accepted, finished, lost, crashes, completedValue]],
      },
      svg,
      caption: 'What was earned over the time; crosses: crashes',
    };
    const report = { title: 'Which provider gets the task', sections: [section] };
    await writeFile(path.join(dir, 'report.html'), renderReport(report));
    await writeManifest(dir, {
      kind: 'provider',
      scenario: instance,
      policy,
      startedAt,
      details: { input, reward, bound, seconds },
    });
  });
}
