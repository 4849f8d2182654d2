import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { InvalidInputError } from '@metalore/core/errors';
import type { Command } from 'commander';
import { checkOutputFolder, withOutputFolder } from '../io/output-folder.js';
import { loadLive } from '../live/load-live.js';
import { writeManifest } from '../results/manifest.js';
import { writeTable, type Table } from '../results/tables.js';
import { note, print, printJson } from '../terminal/output.js';

interface ExportOptions {
  store: string;
  out: string;
  format: string;
  json?: true;
}

/** Rows of history that are read at once. */
const PAGE = 5000;

/** `metalore live backup`, `live restore` and `live export`: a copy that goes on, and tables of the history. */
export function registerLiveFiles(live: Command): void {
  live
    .command('backup')
    .description(
      'Copy the folder of live twins, also while they run; metalore live --dir goes on from the copy',
    )
    .argument('<dir>', 'folder of metalore live')
    .argument('<to>', 'folder to make')
    .action(backup);
  live
    .command('restore')
    .description('Check a copy, and make the folder of live twins again from it')
    .argument('<copy>', 'folder that live backup made')
    .argument('<dir>', 'folder to make')
    .action(restore);
  live
    .command('export')
    .description('Write the history as a table: a row for each value')
    .argument('<dir>', 'folder of metalore live')
    .option('--store <store>', 'sqlite, in the folder, or postgres://…', 'sqlite')
    .option('--out <dir>', 'folder for history.parquet', 'runs/history')
    .option('--format <format>', 'parquet or csv', 'parquet')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
Examples:
  metalore live export live --out runs/history
  duckdb -c "select thing, property, avg(received - t) from 'runs/history/history.parquet' group by all"`,
    )
    .action(exportHistory);
}

function checkFolder(dir: string, file: string): void {
  if (existsSync(path.join(dir, file))) return;
  throw new InvalidInputError('folder', [
    { path: dir, message: `has no ${file}: it is no folder of metalore live` },
  ]);
}

async function backup(dir: string, to: string): Promise<void> {
  const { backUp, DATABASE_FILE } = await loadLive();
  checkFolder(dir, DATABASE_FILE);
  await checkOutputFolder(to);
  await withOutputFolder(to, (partial) => backUp(dir, partial));
  print(`${to} holds a copy; metalore live verify ${to} checks it`);
}

/** @throws InvalidInputError the copy's ledger is not what it was signed to be */
async function restore(copy: string, dir: string): Promise<void> {
  const { backUp, DATABASE_FILE, openStore, PUBLIC_KEY_FILE, verifyLedger } = await loadLive();
  checkFolder(copy, DATABASE_FILE);
  await checkOutputFolder(dir);
  const store = await openStore('sqlite', copy, note, { toCheck: true });
  const keyFile = path.join(copy, PUBLIC_KEY_FILE);
  const key = existsSync(keyFile) ? readFileSync(keyFile, 'utf8') : undefined;
  const { rows, fault } = await verifyLedger(store, key, () => undefined).finally(() => store.close());
  if (fault !== undefined) throw new InvalidInputError('copy', [{ path: copy, message: fault.message }]);
  await withOutputFolder(dir, (partial) => backUp(copy, partial));
  print(`${dir} holds ${rows} rows, each as it was signed; metalore live --dir ${dir} goes on from there`);
}

async function exportHistory(dir: string, { store: name, out, format, json }: ExportOptions): Promise<void> {
  const { DATABASE_FILE, openStore } = await loadLive();
  if (format !== 'parquet' && format !== 'csv') {
    throw new InvalidInputError('option', [
      { path: '--format', message: `"${format}"; accepted: parquet, csv` },
    ]);
  }
  if (name === 'sqlite') checkFolder(dir, DATABASE_FILE);
  await checkOutputFolder(out);
  const startedAt = new Date();
  const store = await openStore(name, dir, note, { toCheck: true });
  try {
    const history = await readHistory((from) => store.rows(from, PAGE));
    const rows = history.columns.thing.length;
    await withOutputFolder(out, async (partial) => {
      await writeTable(partial, history, format);
      await writeManifest(partial, { kind: 'live export', startedAt, details: { rows } });
    });
    const file = path.join(out, `history.${format}`);
    if (json) printJson({ rows, file });
    else print(`${rows} values in ${file}`);
  } finally {
    await store.close();
  }
}

interface HistoryTable extends Table {
  readonly columns: { readonly thing: string[] } & Table['columns'];
}

/** Values in the order of the ledger: numbers as such, everything else as JSON beside them. */
async function readHistory(
  page: (from: number) => Promise<
    readonly {
      position: number;
      thing: string;
      t: number;
      seq: number;
      received: number;
      features: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    }[]
  >,
): Promise<HistoryTable> {
  const text = {
    thing: [] as string[],
    feature: [] as string[],
    property: [] as string[],
    json: [] as string[],
  };
  const numbers = {
    position: [] as number[],
    t: [] as number[],
    seq: [] as number[],
    received: [] as number[],
    value: [] as number[],
  };
  for (let from = 0; ;) {
    const rows = await page(from);
    if (rows.length === 0) break;
    from = rows.at(-1)!.position + 1;
    for (const { position, thing, t, seq, received, features } of rows) {
      for (const [feature, properties] of Object.entries(features)) {
        for (const [property, value] of Object.entries(properties)) {
          text.thing.push(thing);
          text.feature.push(feature);
          text.property.push(property);
          text.json.push(typeof value === 'number' ? '' : JSON.stringify(value));
          numbers.position.push(position);
          numbers.t.push(t);
          numbers.seq.push(seq);
          numbers.received.push(received);
          numbers.value.push(typeof value === 'number' ? value : NaN);
        }
      }
    }
  }
  const { thing, feature, property, json } = text;
  const doubles = Object.fromEntries(
    Object.entries(numbers).map(([name, column]) => [name, Float64Array.from(column)]),
  );
  return { name: 'history', columns: { thing, feature, property, ...doubles, json } };
}
