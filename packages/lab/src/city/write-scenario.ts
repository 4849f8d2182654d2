import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CityScenario } from '@metalore/core/city';
import { Document, isScalar, visit } from 'yaml';
import { encodeNpy } from '../io/npy.js';

/** Writes a partition as a scenario that `metalore simulate` runs: `scenario.yaml`, and its regions in `labels.npy`. */
export async function writeCityScenario(dir: string, { scenario, regions }: CityScenario): Promise<void> {
  await mkdir(dir, { recursive: true });
  const labels = encodeNpy(Uint16Array.from(regions.labels), regions.rows, regions.columns);
  await writeFile(path.join(dir, 'labels.npy'), labels);
  await writeFile(path.join(dir, 'scenario.yaml'), compactYaml(scenario));
}

/** YAML with a line for each collection of plain values: a cell, a position. */
function compactYaml(value: unknown): string {
  const document = new Document(value);
  visit(document, {
    Map(_key, node) {
      if (node.items.every(({ value: of }) => isScalar(of))) node.flow = true;
    },
    Seq(_key, node) {
      if (node.items.every((item) => isScalar(item))) node.flow = true;
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}
