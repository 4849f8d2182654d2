import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Allocation, AuctionInstance, AuctionOutcome } from '@metalore/core/auction';
import { renderReport } from '../figures/report.js';
import { writeFigure } from '../figures/write-figure.js';
import { withOutputFolder } from '../io/output-folder.js';
import { writeManifest } from '../results/manifest.js';
import { tableFromRows, writeTable } from '../results/tables.js';
import { scoreFigure } from './figures.js';

/** Writes an auction: vehicles as a table, outcome and instance as JSON, figure, report and manifest. */
export async function writeAuctionResult(
  out: string,
  instance: AuctionInstance,
  outcome: AuctionOutcome,
  allocation: Allocation,
  { input, startedAt }: { input: string; startedAt: Date },
): Promise<void> {
  const rows = Array.from(allocation.scores, (score, i) => ({
    vehicle: i,
    bid: allocation.bids[i],
    rest: score - allocation.bids[i],
    score,
    wins: i === outcome.winner ? 1 : 0,
  }));
  const { surplus, utilities, mechanism, optimum, share } = outcome;
  const figure = rows.length === 0 ? undefined : scoreFigure(allocation, mechanism);
  const head = ['vehicle', 'bid', 'rest', 'score', 'wins'] as const;
  await withOutputFolder(out, async (dir) => {
    await writeTable(dir, tableFromRows('vehicles', rows));
    await writeFile(path.join(dir, 'outcome.json'), `${JSON.stringify(outcome, null, 2)}\n`);
    await writeFile(
      path.join(dir, 'instance.json'),
      `${JSON.stringify({ kind: 'auction', ...instance }, null, 2)}\n`,
    );
    if (figure !== undefined) {
      await mkdir(path.join(dir, 'figures'));
      await writeFigure(path.join(dir, 'figures'), 'auction-scores', figure);
    }
    await writeFile(
      path.join(dir, 'report.html'),
      renderReport({
        title: 'Auction of a roadside unit’s cycle',
        sections: [
          {
            heading: 'Outcome',
            paragraphs: [
              `By ${mechanism}, vehicle ${outcome.winner} gets tasks ${outcome.tasks.join(', ') || 'none'} served for ${outcome.price.toFixed(4)}; the rest goes to ${outcome.simulator === 'driving' ? 'the driving simulator' : `traffic simulator ${outcome.simulator}`} for ${outcome.simulatorPrice.toFixed(4)}.`,
              `Surplus ${surplus.total.toFixed(4)} (tasks ${surplus.tasks.toFixed(4)}, simulation ${surplus.simulation.toFixed(4)}), ${(100 * share).toFixed(1)} % of the optimum ${optimum.toFixed(4)}. Utilities: vehicle ${utilities.vehicle.toFixed(4)}, simulator ${utilities.simulator.toFixed(4)}, roadside unit ${utilities.roadside.toFixed(4)}.`,
            ],
            ...(figure === undefined
              ? {}
              : {
                  table: { head, rows: rows.map((row) => head.map((key) => row[key])) },
                  svg: figure,
                  caption: 'Scores: bid and expected worth of the rest; dashed: the second score',
                }),
          },
        ],
      }),
    );
    await writeManifest(dir, {
      kind: 'auction',
      scenario: instance,
      policy: mechanism,
      startedAt,
      details: { input, surplus: surplus.total, optimum },
    });
  });
}
