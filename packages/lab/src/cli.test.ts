import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { InfeasibleError, InvalidInputError } from '@metalore/core/errors';
import { Command } from 'commander';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { main } from './cli.js';
import { plainError, reviveError } from './work/plain-error.js';
import { InterruptedError } from './work/interrupt.js';

const bin = fileURLToPath(new URL('../bin/metalore.js', import.meta.url));

function metalore(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [bin, ...args], { encoding: 'utf8' });
}

describe('the command', () => {
  it('shows help and version on standard output', () => {
    const help = metalore('--help');
    expect(help.status).toBe(0);
    expect(help.stdout).toContain('reproduce');
    expect(metalore('--version').stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('has every command in docs/command-line.md, and none that is not there', () => {
    const page = readFileSync(new URL('../../../docs/command-line.md', import.meta.url), 'utf8');
    const [table = ''] = page.split('\n## ');
    const documented = [...table.matchAll(/^\| `([a-z-]+)/gm)].map(([, name]) => name);
    const [, commands = ''] = metalore('--help').stdout.split('Commands:\n');
    const offered = [...commands.matchAll(/^ {2}([a-z-]+)/gm)].map(([, name]) => name);
    expect(new Set(documented)).toEqual(new Set(offered.filter((name) => name !== 'help')));
  });

  it('exits with 2 for what the caller got wrong, and says it as JSON when asked', () => {
    expect(metalore('bogus').status).toBe(2);
    expect(metalore('reproduce', '--bogus').status).toBe(2);
    const unknown = metalore('reproduce', 'bogus', '--json');
    expect(unknown.status).toBe(2);
    expect(JSON.parse(unknown.stdout)).toMatchObject({ error: { code: 'unknown-name' } });
    expect(unknown.stderr).toMatch(/unknown study "bogus"; accepted: /);
    const status = metalore('study', 'status', '/nonexistent');
    expect([status.status, status.stdout]).toEqual([2, '']);
  });
});

describe('errors', () => {
  afterEach(() => vi.restoreAllMocks());

  async function outcome(error: unknown): Promise<{ code: number; stdout: string; stderr: string }> {
    const text = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      vi.spyOn(process[name], 'write').mockImplementation((chunk) => {
        text[name] += String(chunk);
        return true;
      });
    }
    vi.spyOn(Command.prototype, 'parseAsync').mockRejectedValue(error);
    return { code: await main(['study', '--json']), ...text };
  }

  it('that are the caller’s exit with 2, infeasible problems with 3, ours with 1, Ctrl-C with 130', async () => {
    const invalid = await outcome(
      new InvalidInputError('scenario', [
        { path: 'a.b', message: 'is missing' },
        { path: 'c', message: 'is negative' },
      ]),
    );
    expect(invalid.code).toBe(2);
    expect(JSON.parse(invalid.stdout)).toMatchObject({
      error: { code: 'invalid-input', problems: [{ path: 'a.b' }, {}] },
    });
    expect(invalid.stderr).toContain('c: is negative');

    const infeasible = await outcome(new InfeasibleError('too much', { reason: 'capacity', deficit: 2 }));
    expect(infeasible.code).toBe(3);
    expect(JSON.parse(infeasible.stdout)).toEqual({
      infeasible: { message: 'too much', reason: 'capacity', deficit: 2 },
    });

    const ours = await outcome(new TypeError('x is undefined'));
    expect(ours.code).toBe(1);
    expect(ours.stderr).toMatch(/mistake of ours[^]*cli\.test\.ts/);

    expect((await outcome(new InterruptedError('interrupted'))).code).toBe(130);
  });

  it('keep their class and content on the way between threads', () => {
    const invalid = new InvalidInputError('trace', [{ path: 'x:1', message: 'bad' }], { hint: 'do this' });
    const revived = reviveError(structuredClone(plainError(invalid)));
    expect(revived).toBeInstanceOf(InvalidInputError);
    expect([revived.message, revived.hint, revived.exitCode]).toEqual([invalid.message, 'do this', 2]);
    const infeasible = reviveError(plainError(new InfeasibleError('no', { reason: 'r' })));
    expect(infeasible).toBeInstanceOf(InfeasibleError);
    expect((infeasible as InfeasibleError).details).toEqual({ reason: 'r' });
  });
});

describe('a full disk', () => {
  it('behind standard output ends with 1 and a sentence, not with a stack', () => {
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, [bin, 'urllc', 'm6', '--json'], {
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    });
    closeSync(full);
    expect(status).toBe(1);
    expect(stderr).toMatch(/standard output: no space is left on the device/);
    expect(stderr).not.toMatch(/\n {4}at /);
  });
});
