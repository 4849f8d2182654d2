import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import * as core from '@metalore/core/scenario';
import { loadInput, presetNames } from './load-input.js';

const dir = mkdtempSync(path.join(tmpdir(), 'metalore-input-'));
afterAll(() => rmSync(dir, { recursive: true }));

function write(name: string, text: string): string {
  const file = path.join(dir, name);
  writeFileSync(file, text);
  return file;
}

describe('loadInput', () => {
  it('reads the presets that core was compiled with: npm run presets', () => {
    expect(core.presetNames()).toEqual(presetNames('submetaverse'));
    for (const name of core.presetNames()) {
      expect(core.presetDocument(name)).toEqual(loadInput('submetaverse', name).document);
    }
    expect(() => core.presetDocument('papre')).toThrow(/unknown preset "papre"; accepted: dense, /);
  });

  it('finds presets of its kind by name, with or without the kind in front', () => {
    expect(presetNames('partition')).toContain('city');
    expect(presetNames('submetaverse')).not.toContain('city');
    expect(loadInput('partition', 'city').document).toMatchObject({ kind: 'partition', name: 'city' });
    expect(loadInput('urllc', 'm6')).toEqual({ ...loadInput('urllc', 'urllc-m6'), what: 'urllc input m6' });
  });

  it('reads files and folders, with changes', () => {
    const file = write('scenario.yaml', 'ues: { count: 3 }');
    expect(loadInput('submetaverse', file, ['ues.count=4', 'name=x'])).toEqual({
      document: { ues: { count: 4 }, name: 'x' },
      what: `scenario ${file}`,
      file,
      folder: dir,
    });
    expect(loadInput('submetaverse', dir, { 'ues.count': 5 }).document).toEqual({ ues: { count: 5 } });
  });

  it('refuses what it cannot read, and says what it could', () => {
    expect(() => loadInput('partition', 'town')).toThrow(/town: is neither a file.*presets: city/);
    expect(() => loadInput('partition', 'paper')).toThrow(/presets: city/);
    expect(() => loadInput('partition', write('other.yaml', 'kind: urllc'))).toThrow(
      'kind: "urllc"; expected "partition"',
    );
    expect(() => loadInput('urllc', 'm6', ['devUe', '=3', 'B=1'])).toThrow(
      /2 problems\n {2}--set: "devUe" is not of the form path=value/,
    );
    expect(() => loadInput('urllc', 'm6', ['B={'])).toThrow(/--set B=\{/);
    expect(() => loadInput('urllc', path.join(dir, 'none.yaml'))).toThrow(/no such file/);
  });
});
