import { plainError, WorkerError, type PlainError } from '../shared/problem.js';
import { WorkerClient } from '../shared/rpc.js';
import { servedRuns, type ServedRun } from '../shared/runs.svelte.js';
import { startTables } from './start.js';
import type { OpenTable } from './table.js';
import type { TableHandlers } from './table-worker.js';

const TIMEOUT_MS = 30_000;

/** A table that can be opened: of a served run, or a file. */
export interface TableSource {
  readonly name: string;
  readonly run: string;
  read(): Promise<Uint8Array>;
}

/** Tables to compare: which there are, and which are open. */
export class Compare {
  files = $state.raw<readonly TableSource[]>([]);
  open = $state.raw<readonly OpenTable[]>([]);
  error = $state.raw<PlainError>();
  readonly #client = new WorkerClient<TableHandlers>(startTables, TIMEOUT_MS);

  get sources(): readonly TableSource[] {
    return [...servedRuns.list.flatMap(tablesOf), ...this.files];
  }

  isOpen(source: TableSource): boolean {
    return this.open.some(({ name }) => name === nameOf(source));
  }

  async toggle(source: TableSource): Promise<void> {
    if (this.isOpen(source)) {
      this.open = this.open.filter(({ name }) => name !== nameOf(source));
      return;
    }
    try {
      const bytes = await source.read();
      const extension = /\.csv$/.test(source.name) ? '.csv' : '.parquet';
      const table = await this.#client.call('read', { name: nameOf(source) + extension, bytes });
      this.open = [...this.open, table];
      this.error = undefined;
    } catch (error) {
      this.error = error instanceof WorkerError ? error.plain : plainError(error);
    }
  }

  async openFiles(files: Iterable<File>): Promise<void> {
    // A folder holds other files too; one that somebody chose is answered.
    const refused: string[] = [];
    for (const file of files) {
      if (!/\.(parquet|csv)$/i.test(file.name)) {
        if (file.webkitRelativePath === '') refused.push(file.name);
        continue;
      }
      const folder = file.webkitRelativePath.split('/').slice(0, -1).join('/');
      const source: TableSource = {
        name: file.name,
        run: folder || 'opened',
        read: async () => new Uint8Array(await file.arrayBuffer()),
      };
      this.files = [...this.files.filter((other) => nameOf(other) !== nameOf(source)), source];
      if (!this.isOpen(source)) await this.toggle(source);
    }
    if (refused.length === 0) return;
    const problems = refused.map((path) => ({ path, message: 'is no table; accepted: .parquet, .csv' }));
    this.error = { what: 'table', problems };
  }
}

export function nameOf({ run, name }: TableSource): string {
  return `${run}/${name.replace(/\.(parquet|csv)$/i, '')}`;
}

function tablesOf(run: ServedRun): TableSource[] {
  return run.files
    .filter(({ path }) => /\.(parquet|csv)$/.test(path))
    .map(({ path }) => ({
      name: path,
      run: run.name,
      read: () => servedRuns.read(servedRuns.url(run, path)),
    }));
}
