import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ContractInstance, ContractSolution } from '@metalore/core/contract';
import { renderReport } from '../figures/report.js';
import { writeFigure } from '../figures/write-figure.js';
import { withOutputFolder } from '../io/output-folder.js';
import { writeManifest } from '../results/manifest.js';
import { tableFromRows, writeTable } from '../results/tables.js';
import { menuFigure } from './menu-figure.js';

/** Writes a solution: types as a table, solution and instance as JSON, figure, report and manifest. */
export async function writeContractResult(
  out: string,
  instance: ContractInstance,
  solution: ContractSolution,
  { input, startedAt }: { input: string; startedAt: Date },
): Promise<void> {
  const { method, status, utility, share, menu, choices, providerUtility, baselines } = solution;
  const rows = instance.types.map((type, index) => ({
    type: index,
    ...type,
    mbit: menu[index]?.mbit ?? NaN,
    payment: menu[index]?.payment ?? NaN,
    takes: choices[index] ?? NaN,
    providerUtility: providerUtility[index],
  }));
  const head = Object.keys(rows[0]) as (keyof (typeof rows)[number])[];
  const figure = menuFigure(instance, solution);
  await withOutputFolder(out, async (dir) => {
    await writeTable(dir, tableFromRows('types', rows));
    await writeFile(path.join(dir, 'solution.json'), `${JSON.stringify(solution, null, 2)}\n`);
    await writeFile(
      path.join(dir, 'instance.json'),
      `${JSON.stringify({ kind: 'contract', ...instance }, null, 2)}\n`,
    );
    await mkdir(path.join(dir, 'figures'));
    await writeFigure(path.join(dir, 'figures'), 'contract-menu', figure);
    const report = {
      title: 'Contracts for semantic information',
      sections: [
        {
          heading: 'Menu',
          paragraphs: [
            `Utility ${utility.toFixed(6)} by ${method} (${status}), ${share.toFixed(4)} of the optimum.`,
            `First best ${baselines.firstBest.toFixed(4)}, one item ${baselines.oneItem.toFixed(4)}, linear price ${baselines.linearPrice.toFixed(4)}, first-best menu posted ${baselines.fullInformationMenu.toFixed(4)}.`,
          ],
          table: { head, rows: rows.map((row) => head.map((key) => row[key])) },
          svg: figure,
          caption: 'Items and what each type likes as much as its own',
        },
      ],
    };
    await writeFile(path.join(dir, 'report.html'), renderReport(report));
    await writeManifest(dir, {
      kind: 'contract',
      scenario: instance,
      policy: method,
      startedAt,
      details: { input, utility, share, baselines },
    });
  });
}
