import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseScenario } from '@metalore/core/scenario';
import { afterAll, describe, expect, it } from 'vitest';
import { cellKey } from '../study/cell-store.js';
import { programHash } from '../study/program.js';
import { temporaryFolder } from '../testing/metalore.js';
import { readPolicyValue } from '../policy/policy-value.js';
import { runSweepCell, type SweepCell } from './sweep.js';

const { dir, clean } = temporaryFolder();
afterAll(clean);

/** A linear policy whose answer is its bias alone. */
function writePolicy(file: string, bias: number): void {
  const document = {
    format: 'metalore-policy',
    version: 1,
    name: 'bias',
    features: ['request-queue-jobs'],
    actions: { names: ['rhoC', 'rhoP'], low: [0, 0], high: [1, 1] },
    model: {
      kind: 'linear-sigmoid',
      weights: [
        [bias, 0, 0],
        [bias, 0, 0],
      ],
    },
    training: {},
  };
  writeFileSync(file, JSON.stringify(document));
}

describe('a cell whose policy is a file', () => {
  const file = path.join(dir, 'policy.json');
  const cellOf = async (policy: string): Promise<SweepCell> => ({
    point: { policy },
    policy: await readPolicyValue(policy),
    scenario: parseScenario({}),
    seed: 1,
    episodes: 1,
  });

  it('has another key once the file has other contents, and runs what was read', async () => {
    writePolicy(file, 1);
    const before = await cellOf(file);
    const rows = await runSweepCell(before);
    writePolicy(file, -1);
    const after = await cellOf(file);
    expect(cellKey('sweep', after)).not.toBe(cellKey('sweep', before));
    expect(await runSweepCell(after)).not.toEqual(rows);
    rmSync(file);
    expect(await runSweepCell(before)).toEqual(rows);
    writePolicy(file, 1);
    expect(cellKey('sweep', await cellOf(file))).toBe(cellKey('sweep', before));
  });

  it('has none of that where the policy is a rule', async () => {
    expect(await readPolicyValue('fixed:0.3,0.3')).toEqual({ spec: 'fixed:0.3,0.3' });
  });

  it('has a key of the program that computes it', () => {
    expect(programHash()).toMatch(/^[0-9a-f]{64}$/);
  });
});
