import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { UrllcInstance, UrllcSolution } from '@metalore/core/urllc';
import { renderReport } from '../figures/report.js';
import { writeFigure } from '../figures/write-figure.js';
import { withOutputFolder } from '../io/output-folder.js';
import { writeManifest } from '../results/manifest.js';
import { tableFromRows, writeTable } from '../results/tables.js';
import { latencyFigure } from './figures.js';

/** Writes a solution: devices as a table, solution and instance as JSON, figure, report and manifest. */
export async function writeUrllcResult(
  out: string,
  instance: UrllcInstance,
  solution: UrllcSolution,
  { input, startedAt }: { input: string; startedAt: Date },
): Promise<void> {
  const rows = solution.ue.map(({ bindingConstraints, ...device }, index) => ({
    device: index,
    ...device,
    cached: device.cached ? 1 : 0,
    binding: bindingConstraints.join(' '),
  }));
  const figure = latencyFigure(instance, solution);
  const head = Object.keys(rows[0] ?? {}) as (keyof (typeof rows)[number])[];
  await withOutputFolder(out, async (dir) => {
    await writeTable(dir, tableFromRows('devices', rows));
    await writeFile(path.join(dir, 'solution.json'), `${JSON.stringify(solution, null, 2)}\n`);
    await writeFile(path.join(dir, 'instance.json'), `${JSON.stringify(instance, null, 2)}\n`);
    await mkdir(path.join(dir, 'figures'));
    await writeFigure(path.join(dir, 'figures'), 'urllc-latency', figure);
    await writeFile(
      path.join(dir, 'report.html'),
      renderReport({
        title: 'Ultra-reliable low-latency edge allocation',
        sections: [
          {
            heading: 'Devices',
            paragraphs: [
              `Total latency ${solution.totalMs.toFixed(4)} ms, lower bound ${solution.lowerBoundMs.toFixed(4)} ms (${solution.status}, method ${solution.method}).`,
            ],
            table: { head, rows: rows.map((row) => head.map((key) => row[key])) },
            svg: figure,
            caption: 'Latency per device by part',
          },
        ],
      }),
    );
    await writeManifest(dir, {
      kind: 'urllc',
      scenario: instance,
      policy: solution.method,
      startedAt,
      details: { input, totalMs: solution.totalMs, lowerBoundMs: solution.lowerBoundMs, gap: solution.gap },
    });
  });
}
