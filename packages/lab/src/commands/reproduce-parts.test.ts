import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesBelow, metalore, temporaryFolder } from '../testing/metalore.js';

let dir: string;
let clean: () => void;
beforeAll(() => ({ dir, clean } = temporaryFolder()));
afterAll(() => clean());

const study = (out: string, part: string[], options: Parameters<typeof metalore>[1] = {}) =>
  metalore(
    ['reproduce', 'lifecycle', '--quick', '--workers', '1', '--out', path.join(dir, out), ...part],
    options,
  );

describe('reproduce --part', () => {
  it('by three processes in one folder, one of them killed, gives the same bytes as in one', async () => {
    const cells = path.join(dir, 'parts.cells');
    const [whole, killed] = await Promise.all([
      study('whole', []),
      study('parts', ['--part', '2/3'], {
        interruptWhen: () => existsSync(cells) && readdirSync(cells).length > 1,
        signal: 'SIGKILL',
      }),
    ]);
    expect([whole.code, killed.code]).toEqual([0, null]);
    const others = await Promise.all([
      study('parts', ['--part', '1/3']),
      study('parts', ['--part', '3/3', '--json']),
    ]);
    expect(others.map(({ code }) => code)).toEqual([0, 0]);

    const early = await metalore(['study', 'collect', path.join(dir, 'parts'), '--json']);
    expect(early.code).toBe(4);
    expect((JSON.parse(early.stdout) as { missing: string[] }).missing.length).toBeGreaterThan(0);
    expect(existsSync(path.join(dir, 'parts'))).toBe(false);

    expect((await study('parts', ['--part', '2/3'])).code).toBe(0);
    expect((await metalore(['study', 'collect', path.join(dir, 'parts')])).code).toBe(0);
    expect(filesBelow(path.join(dir, 'parts'))).toEqual(filesBelow(path.join(dir, 'whole')));
    expect(readdirSync(dir).sort()).toEqual(['parts', 'whole']);
  }, 180_000);

  it('says what is accepted', async () => {
    const { code, stderr } = await metalore(['reproduce', 'lifecycle', '--part', '4/3']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('"4/3": expected I/N with I from 1 to N')]);
    const fresh = await metalore(['reproduce', 'lifecycle', '--part', '1/3', '--fresh']);
    expect([fresh.code, fresh.stderr]).toEqual([2, expect.stringContaining('the other parts')]);
  });
});
