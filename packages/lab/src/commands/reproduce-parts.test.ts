import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesBelow, metalore, metaloreHere, temporaryFolder } from '../testing/metalore.js';

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

    const early = await metaloreHere(['study', 'collect', path.join(dir, 'parts'), '--json']);
    expect(early.code).toBe(4);
    expect((JSON.parse(early.stdout) as { missing: string[] }).missing.length).toBeGreaterThan(0);
    expect(existsSync(path.join(dir, 'parts'))).toBe(false);

    expect((await study('parts', ['--part', '2/3'])).code).toBe(0);
    expect((await metalore(['study', 'collect', path.join(dir, 'parts')])).code).toBe(0);
    expect(filesBelow(path.join(dir, 'parts'))).toEqual(filesBelow(path.join(dir, 'whole')));
    expect(readdirSync(dir).sort()).toEqual(['parts', 'whole']);

    // the same by whoever is free, the cell of a dead process too
    const claims = path.join(dir, 'claims.cells');
    const claim = ['--claim', '--lease', '2'];
    const claimed = await Promise.all([
      study('claims', claim, {
        interruptWhen: () =>
          existsSync(claims) && readdirSync(claims).some((name) => name.endsWith('.claim')),
        signal: 'SIGKILL',
      }),
      study('claims', claim),
      study('claims', [...claim, '--json']),
    ]);
    expect(claimed.map(({ code }) => code)).toEqual([null, 0, 0]);
    expect(JSON.parse(claimed[2].stdout)).toMatchObject({ part: null, missing: 0 });
    expect(readdirSync(claims).filter((name) => !name.endsWith('.json'))).toEqual([]);
    expect((await metalore(['study', 'collect', path.join(dir, 'claims')])).code).toBe(0);
    expect(filesBelow(path.join(dir, 'claims'))).toEqual(filesBelow(path.join(dir, 'whole')));
  }, 180_000);

  it('leaves a sweep to its own command', async () => {
    const out = path.join(dir, 'grid');
    const sweep = ['sweep', 'paper', '--axis', 'ues.count=2,3', '--episodes', '2', '--out', out];
    expect((await metalore([...sweep, '--claim'])).code).toBe(0);
    const { code, stderr } = await metaloreHere(['study', 'collect', out]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('holds cells of metalore sweep')]);
    const written = await metalore([...sweep, '--json']);
    expect((JSON.parse(written.stdout) as { points: object[] }).points).toHaveLength(2);
    expect(written.stderr).toContain('2 of 2 cells were finished by an earlier run');
  });

  it('says what is accepted', async () => {
    const { code, stderr } = await metaloreHere(['reproduce', 'lifecycle', '--part', '4/3']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('"4/3": expected I/N with I from 1 to N')]);
    const fresh = await metaloreHere(['reproduce', 'lifecycle', '--part', '1/3', '--fresh']);
    expect([fresh.code, fresh.stderr]).toEqual([2, expect.stringContaining('the others')]);
    const mistakes = [
      [['reproduce', 'lifecycle', '--claim', '--part', '1/2'], '--claim: takes cells as they come'],
      [['reproduce', 'lifecycle', '--claim', '--lease', '0'], '--lease: "0" is not a number of seconds'],
      [['reproduce', 'lifecycle', '--lease', '9'], '--lease: belongs to --claim'],
      [['sweep', 'paper', '--part', '1/2'], '--out: is where the processes of one sweep meet'],
    ] as const;
    for (const [args, said] of mistakes) {
      const told = await metaloreHere(args);
      expect([told.code, told.stderr], args.join(' ')).toEqual([2, expect.stringContaining(said)]);
    }
  });
});
