import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import os from 'node:os';
import path from 'node:path';
import { InvalidInputError } from '@metalore/core/errors';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCsv } from './csv.js';
import { parseText, readDocument } from './documents.js';
import { isAlive } from './claims.js';
import { checkOutputFolder, withOutputFolder } from './output-folder.js';
import { unlockOutputs } from './output-lock.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'metalore-io-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function problemsOf(work: () => unknown): readonly { path: string; message: string }[] {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidInputError);
    return (error as InvalidInputError).problems;
  }
  throw new Error('nothing was thrown');
}

describe('documents', () => {
  it('reads YAML and JSON alike', () => {
    expect(parseText('a: 1\nb: [x, 2e-3]\n', 'x')).toEqual({ a: 1, b: ['x', 0.002] });
    expect(parseText('{"a": 1, "b": ["x", 0.002]}', 'x')).toEqual({ a: 1, b: ['x', 0.002] });
    expect(parseText('\u0020{a: 1}', 'x')).toEqual({ a: 1 });
  });

  it('says file, line and column of a syntax error', () => {
    const [problem] = problemsOf(() => parseText('a: 1\nb: [1, 2\nc: 3\n', 'bad.yaml'));
    expect(problem.path).toMatch(/^bad\.yaml:[23]:\d+$/);
    expect(problemsOf(() => parseText('{"a": 1,\n "a": }', 'bad.json'))[0].path).toMatch(/^bad\.json:2:\d+$/);
    expect(problemsOf(() => parseText('a: 1\na: 2\n', 'twice.yaml'))[0].message).toMatch(/unique/i);
    expect(problemsOf(() => parseText('a: 1\n---\nb: 2\n', 'two.yaml'))).toEqual([
      { path: 'two.yaml:2:1', message: 'a second document begins; expected one' },
    ]);
  });

  it('refuses documents that are nested too deeply or refer to themselves, as JSON and as YAML', () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    for (const text of [
      `{"a":${deep}}`,
      `a: ${deep}`,
      'a: &x\n  b: *x\n',
      `{ a: ${'['.repeat(200)}${']'.repeat(200)} }`,
      // Seen before it is composed: a stack that has run out may end the process.
      `a: ${'['.repeat(200_000)}`,
      `${'- '.repeat(20_000)}1`,
      `${'? '.repeat(20_000)}1`,
      `a: ${'{ a: '.repeat(20_000)}`,
    ]) {
      expect(() => parseText(text, 'f')).toThrow(
        /f: is nested more than 100 levels deep, or refers to itself/,
      );
    }
    const shared = 'a: &x [1, 2]\nb: *x\nc: [*x, *x]\n';
    expect(parseText(shared, 'f')).toEqual({
      a: [1, 2],
      b: [1, 2],
      c: [
        [1, 2],
        [1, 2],
      ],
    });
  });

  it('says what is wrong with a file', () => {
    expect(problemsOf(() => readDocument(path.join(dir, 'none.yaml')))[0].message).toBe('no such file');
    expect(problemsOf(() => readDocument(dir))[0].message).toMatch(/folder/);
  });
});

describe('readCsv', () => {
  const columns = {
    step: { type: 'integer', min: 0 },
    x: { type: 'number' },
    rate: { type: 'number', missing: '-', optional: true },
    name: { type: 'text' },
  } as const;
  const file = (): string => path.join(dir, 'data.csv');

  it('reads named columns in any order, with quotes, a byte order mark and Windows line ends', () => {
    writeFileSync(file(), '\uFEFFname,unused,x,step,rate\r\n"a, ""b""",9,1.5,0,-\r\n\r\nc,9,-2e1,7,3\r\n');
    const { rows, lines, skipped } = readCsv(file(), columns);
    expect(rows).toEqual([
      { step: 0, x: 1.5, rate: NaN, name: 'a, "b"' },
      { step: 7, x: -20, rate: 3, name: 'c' },
    ]);
    expect(lines).toEqual([2, 4]);
    expect(skipped).toEqual([]);
  });

  it('names file, line, column and value of every broken row, or skips and counts them', () => {
    writeFileSync(file(), 'step,x,name\n0,1,a\n1.5,1,a\n2,abc,a\n-3,1,a\n4,1\n5,,a\n6,1,a\n');
    const problems = problemsOf(() => readCsv(file(), columns));
    expect(problems.map((problem) => problem.path.slice(file().length))).toEqual([
      ':3:step',
      ':4:x',
      ':5:step',
      ':6',
      ':7:x',
    ]);
    expect(problems[1].message).toBe('"abc" is not a number');
    const { rows, skipped } = readCsv(file(), columns, { skipBadRows: true });
    expect(rows.map((row) => row.step)).toEqual([0, 6]);
    expect(skipped).toEqual(problems);
  });

  it('refuses columns that stand there twice, other delimiters, and numbers that no table has', () => {
    const problem = (text: string) => {
      writeFileSync(file(), text);
      try {
        readCsv(file(), { step: { type: 'integer' }, x: { type: 'number' } });
      } catch (error) {
        return (error as InvalidInputError).problems[0].message;
      }
      return undefined;
    };
    expect(problem('step,x,step\n1,2,3\n')).toBe('column "step" stands there twice');
    expect(problem('step;x\n1;2\n')).toBe('fields are divided by ";"; expected commas');
    expect(problem('step\tx\n1\t2\n')).toBe('fields are divided by a tab; expected commas');
    for (const value of ['0x10', 'Infinity', '1e', '1_000', '٣']) {
      expect(problem(`step,x\n1,${value}\n`)).toBe(`"${value}" is not a number`);
    }
    for (const value of ['1e3', '-.5', '+2.', '007']) expect(problem(`step,x\n1,${value}\n`)).toBeUndefined();
  });

  it('says what a file is that is no text', () => {
    const problem = (bytes: Buffer) => {
      writeFileSync(file(), bytes);
      try {
        readCsv(file(), { x: { type: 'number' } });
      } catch (error) {
        return (error as InvalidInputError).problems[0].message;
      }
      return undefined;
    };
    expect(problem(Buffer.from([0x1f, 0x8b, 8, 0]))).toMatch(/gzip/);
    expect(problem(Buffer.from('\ufeffx\n1\n', 'utf16le'))).toBe('is text in UTF-16; expected UTF-8');
    expect(problem(Buffer.from([1, 0, 2, 3]))).toMatch(/not text/);
  });

  it('names missing columns and empty files', () => {
    writeFileSync(file(), 'step,y\n1,2\n');
    expect(problemsOf(() => readCsv(file(), columns)).map((problem) => problem.message)).toEqual([
      'no column "x"; the header has step, y',
      'no column "name"; the header has step, y',
    ]);
    writeFileSync(file(), '');
    expect(problemsOf(() => readCsv(file(), columns))[0].message).toMatch(/empty/);
  });
});

describe('a process', () => {
  it('is dead once it has ended, although nobody has asked how', async () => {
    const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 30'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [said] = (await once(parent.stdout, 'data')) as [Buffer];
    expect(isAlive(parent.pid!)).toBe(true);
    await expect.poll(() => isAlive(Number(said.toString()))).toBe(false);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    expect([isAlive(parent.pid!), isAlive(process.pid), isAlive(999_999_999)]).toEqual([false, true, false]);
  });
});

describe('withOutputFolder', () => {
  const write = (text: string) => (folder: string) => {
    writeFileSync(path.join(folder, 'manifest.json'), text);
    return text;
  };

  it('shows the folder only when it is complete, and replaces an earlier result', async () => {
    const out = path.join(dir, 'deep', 'out');
    await withOutputFolder(out, (folder) => {
      writeFileSync(path.join(folder, 'a.txt'), 'a');
      expect(existsSync(out)).toBe(false);
      return write('1')(folder);
    });
    expect(await withOutputFolder(out, write('2'))).toBe('2');
    expect(readdirSync(out)).toEqual(['manifest.json']);
    expect(readFileSync(path.join(out, 'manifest.json'), 'utf8')).toBe('2');
    expect(readdirSync(path.dirname(out))).toEqual(['out']);
  });

  it('removes what a killed process left, leaves what others write, and follows a link', async () => {
    const target = path.join(dir, 'target');
    const link = path.join(dir, 'link');
    const host = os.hostname().replace(/[^A-Za-z0-9-]/g, '-');
    const dead = `${target}.${host}.999999999.abcd.partial`;
    const alive = `${target}.${host}.${process.pid}.abcd.partial`;
    const foreign = `${target}.elsewhere.999999999.abcd.partial`;
    for (const folder of [target, dead, alive, foreign]) mkdirSync(folder);
    symlinkSync(target, link);
    await withOutputFolder(link, (folder) => writeFileSync(path.join(folder, 'manifest.json'), '{}'));
    expect(existsSync(path.join(target, 'manifest.json'))).toBe(true);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect([dead, alive, foreign].map((folder) => existsSync(folder))).toEqual([false, true, true]);
  });

  it('leaves nothing half-written when the writer throws', async () => {
    const out = path.join(dir, 'out');
    await withOutputFolder(out, write('good'));
    const failing = withOutputFolder(out, (folder) => {
      write('bad')(folder);
      throw new Error('disk on fire');
    });
    await expect(failing).rejects.toThrow('disk on fire');
    expect(readFileSync(path.join(out, 'manifest.json'), 'utf8')).toBe('good');
    expect(readdirSync(dir)).toEqual(['out']);
  });

  it('says at once where no folder can be made, and leaves none behind', async () => {
    await expect(checkOutputFolder('/proc/nowhere')).rejects.toThrow(/cannot be created/);
    await expect(withOutputFolder('/proc/no/where', () => 1)).rejects.toThrow(/cannot be created/);
    await checkOutputFolder(path.join(dir, 'new'));
    expect(readdirSync(dir)).toEqual(['new.claim']);
    await checkOutputFolder(path.join(dir, 'deep', 'down', 'new'));
    await unlockOutputs();
    expect(readdirSync(dir)).toEqual([]);
  });

  it('refuses where another process writes, takes over from a dead one, and leaves no claim', async () => {
    const out = path.join(dir, 'out');
    writeFileSync(`${out}.claim`, `${os.hostname()} ${process.ppid}\n`);
    await expect(checkOutputFolder(out)).rejects.toThrow(`is being written by process ${process.ppid}`);
    await expect(withOutputFolder(out, write('mine'))).rejects.toThrow(/is being written by process/);
    await checkOutputFolder(out, { isShared: true });
    writeFileSync(`${out}.claim`, `${os.hostname()} 999999999\n`);
    await checkOutputFolder(out);
    expect(readFileSync(`${out}.claim`, 'utf8')).toMatch(
      new RegExp(`^${os.hostname()} ${process.pid} \\d*\n$`),
    );
    await unlockOutputs();
    // its number is another process's by now
    writeFileSync(`${out}.claim`, `${os.hostname()} ${process.ppid} 1\n`);
    await withOutputFolder(out, write('mine'));
    expect(readdirSync(dir)).toEqual(['out']);
  });

  it('refuses a file and a folder that holds something else', async () => {
    mkdirSync(path.join(dir, 'mine'));
    writeFileSync(path.join(dir, 'mine', 'thesis.tex'), 'precious');
    await expect(withOutputFolder(path.join(dir, 'mine'), write('x'))).rejects.toThrow(/no earlier result/);
    await expect(withOutputFolder(path.join(dir, 'mine', 'thesis.tex'), write('x'))).rejects.toThrow(
      /is a file/,
    );
    expect(readFileSync(path.join(dir, 'mine', 'thesis.tex'), 'utf8')).toBe('precious');
  });
});
