import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { EventListener, ProviderInstance, TaskEvent } from '@metalore/core/provider';
import { withOutputFolder } from '../io/output-folder.js';
import { writeManifest } from '../results/manifest.js';
import { writeTable } from '../results/tables.js';
import type { ProviderResult } from './run.js';

/** What happened to every task, in the order of time. */
export class EventLog {
  readonly #event: TaskEvent[] = [];
  readonly #timeS: number[] = [];
  readonly #task: number[] = [];
  readonly #provider: number[] = [];
  readonly #reward: number[] = [];

  readonly listen: EventListener = (event, timeS, task, provider, reward) => {
    this.#event.push(event);
    this.#timeS.push(timeS);
    this.#task.push(task);
    this.#provider.push(provider);
    this.#reward.push(reward);
  };

  /** Columns of the table `events`; provider −1 for a task that was turned away. */
  get columns() {
    return {
      timeS: Float64Array.from(this.#timeS),
      event: this.#event,
      task: Int32Array.from(this.#task),
      provider: Int32Array.from(this.#provider),
      reward: Float64Array.from(this.#reward),
    };
  }
}

/** Writes a run: `outcome.json`, `instance.json`, `events.parquet` and a manifest. */
export async function writeProviderResult(
  out: string,
  instance: ProviderInstance,
  result: ProviderResult,
  log: EventLog,
  { input, startedAt }: { input: string; startedAt: Date },
): Promise<void> {
  await withOutputFolder(out, async (dir) => {
    await writeTable(dir, { name: 'events', columns: log.columns });
    await writeFile(path.join(dir, 'outcome.json'), `${JSON.stringify(result, null, 2)}\n`);
    await writeFile(
      path.join(dir, 'instance.json'),
      `${JSON.stringify({ kind: 'provider', ...instance }, null, 2)}\n`,
    );
    const { reward, bound } = result;
    await writeManifest(dir, {
      kind: 'provider',
      scenario: instance,
      policy: result.policy,
      startedAt,
      details: { input, reward, bound },
    });
  });
}
