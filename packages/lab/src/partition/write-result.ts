import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { PartitionInstance, PartitionSolution } from '@metalore/core/partition';
import { writeFigure } from '../figures/write-figure.js';
import { withOutputFolder } from '../io/output-folder.js';
import { writeManifest } from '../results/manifest.js';
import { writeTable } from '../results/tables.js';
import { formatNumber } from '../terminal/output.js';
import { drawPartitionMap } from './map-figure.js';
import { encodeNpy } from '../io/npy.js';

/** What `metalore partition --json` prints: the solution without the label of every cell. */
export interface PartitionResult extends Omit<PartitionSolution, 'labels' | 'warmStart'> {
  readonly seconds: number;
}

/**
 * Writes a partition to a folder: `result.json`, `labels.npy` (uint16, `[rows, columns]`, row 0 at y = 0), `servers` and
 * `twins` as Parquet, `map.svg` and `map.png`, `manifest.json`.
 */
export async function writePartitionResult(
  out: string,
  instance: PartitionInstance,
  solution: PartitionSolution,
  result: PartitionResult,
  startedAt: Date,
): Promise<void> {
  const { perServer } = solution;
  const column = (of: (share: (typeof perServer)[number]) => number) => Float64Array.from(perServer, of);
  await withOutputFolder(out, async (dir) => {
    await writeFile(path.join(dir, 'result.json'), `${JSON.stringify(result, null, 2)}\n`);
    const labels = encodeNpy(solution.labels, instance.grid.rows, instance.grid.columns);
    await writeFile(path.join(dir, 'labels.npy'), labels);
    await writeTable(dir, {
      name: 'servers',
      columns: {
        server: Int32Array.from(perServer, (_share, b) => b),
        x: Float64Array.from(instance.servers, (server) => server.x),
        y: Float64Array.from(instance.servers, (server) => server.y),
        subSyncMs: column((share) => share.subSyncMs),
        mass: column((share) => share.mass),
        areaKm2: column((share) => share.areaKm2),
        twins: Int32Array.from(perServer, (share) => share.twins),
        computeLeftHz: column((share) => share.computeLeftHz),
      },
    });
    await writeTable(dir, {
      name: 'twins',
      columns: {
        twin: Int32Array.from(instance.twins, (_twin, k) => k),
        x: Float64Array.from(instance.twins, (twin) => twin.x),
        y: Float64Array.from(instance.twins, (twin) => twin.y),
        server: Int32Array.from(solution.twins),
      },
    });
    await writeFigure(
      dir,
      'map',
      drawPartitionMap(instance, {
        title: `${instance.name ?? 'Partition'}: method ${solution.method}`,
        subtitle: `average sub-synchronization time ${formatNumber(solution.objectiveMs)} ms; squares: servers, dots: twins`,
        labels: solution.labels,
        twins: solution.twins,
      }),
    );
    const { seconds: _seconds, twins: _twins, perServer: _perServer, ...details } = result;
    await writeManifest(dir, { kind: 'partition', scenario: instance, startedAt, details });
  });
}
