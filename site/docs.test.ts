import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.join(import.meta.dirname, '..');
const docs = path.join(root, 'docs');
const pages = readdirSync(docs).filter((name) => name.endsWith('.md'));
const textOf = (name: string) => readFileSync(path.join(docs, name), 'utf8');

describe('docs', () => {
  it.each(pages)('%s says at its top whether it is a course, a reference or a report', (name) => {
    expect(textOf(name)).toMatch(/^# .+\n\n_(?:Course|Reference|Report|Reference and report): /);
  });

  it('a stranger finds every file that add-a-system names', () => {
    const named = [...textOf('add-a-system.md').matchAll(/`([\w.-]+\/[\w./-]+)`/g)].map(([, name]) => name);
    const folders = [
      '',
      'packages/core/src',
      'packages/core/src/contract',
      'packages/lab/src/learn',
      'packages',
    ];
    const missing = named.filter(
      (name) => !folders.some((folder) => existsSync(path.join(root, folder, name))),
    );
    expect(named.length).toBeGreaterThan(30);
    expect(missing).toEqual([]);
  });
});
