import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { instanceToJson } from '@metalore/core/serving';
import { renderReport } from '../figures/report.js';
import { writeFigure } from '../figures/write-figure.js';
import { withOutputFolder } from '../io/output-folder.js';
import { writeManifest } from '../results/manifest.js';
import { tableFromRows, writeTable } from '../results/tables.js';
import { costFigure } from './figures.js';
import type { ServingInput } from './load.js';
import type { CachingResult } from './run-policies.js';

/** Writes a caching run: table, figure, report, the instance itself (so it can be run again) and the manifest. */
export async function writeCachingResult(
  out: string,
  input: ServingInput,
  result: CachingResult,
  { seed, startedAt }: { seed: number; startedAt: Date },
): Promise<void> {
  const rows = Object.entries(result.policies).map(([policy, costs]) => ({ policy, ...costs }));
  const figure = costFigure(rows, 'Costs per slot by term');
  const { lowerBound, clairvoyant } = result;
  await withOutputFolder(out, async (dir) => {
    await writeTable(dir, tableFromRows('policies', rows));
    await writeFile(path.join(dir, 'instance.json'), JSON.stringify(instanceToJson(input.instance)));
    await writeFile(path.join(dir, 'keep-alive.json'), `${JSON.stringify(result.residents, null, 2)}\n`);
    await mkdir(path.join(dir, 'figures'));
    await writeFigure(path.join(dir, 'figures'), 'caching-costs', figure);
    const head = [
      'policy',
      'total',
      'switch',
      'acc',
      'inf',
      'off',
      'cloud',
      'edge',
      'loads',
      'avgAcc',
    ] as const;
    await writeFile(
      path.join(dir, 'report.html'),
      renderReport({
        title: 'Models on an edge server',
        sections: [
          {
            heading: 'Costs per slot',
            paragraphs: [`Lower bound ${lowerBound.toFixed(4)}, clairvoyant plan ${clairvoyant.toFixed(4)}.`],
            table: { head, rows: rows.map((row) => head.map((key) => row[key])) },
            svg: figure,
            caption: 'Costs per slot by term and policy',
          },
        ],
      }),
    );
    await writeManifest(dir, {
      kind: 'caching',
      scenario: input.described,
      seed,
      policy: Object.keys(result.policies),
      startedAt,
      details: { lowerBound, clairvoyant, seconds: result.seconds, skippedRows: input.skipped.length },
    });
  });
}
