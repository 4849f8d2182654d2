import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CityScenario } from '@metalore/core/city';
import { Document, isScalar, visit } from 'yaml';

/** Writes a partition as a scenario that `metalore simulate` runs, in one file: its regions are in it. */
export async function writeCityScenario(dir: string, { scenario }: CityScenario): Promise<void> {
  await mkdir(dir, { recursive: true });
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
