import { InvalidInputError } from '@metalore/core/errors';
import type { Command } from 'commander';
import { partOf } from '../study/part.js';
import { computeCells, type RunOptions, type Share } from '../study/run.js';
import type { Study } from '../study/study.js';
import { print, printJson } from '../terminal/output.js';

/** Options of a command whose cells several processes with one `--out` compute. */
export interface ShareOptions {
  part?: string;
  claim?: true;
  lease?: string;
}

const LEASE_S = 60;

export function addShareOptions(command: Command): Command {
  return command
    .option(
      '--part <I/N>',
      'compute only one of N parts of the cells, I from 1, and write no report (default in a Slurm array: its task)',
    )
    .option(
      '--claim',
      'share the cells with other processes that have the same --out, whoever is free taking the next; no report',
    )
    .option('--lease <seconds>', `with --claim: a process silent for so long is taken for dead (${LEASE_S})`);
}

/** @throws InvalidInputError saying what is accepted, or what does not go together */
export function shareOf(options: ShareOptions & { queue?: string | true }): Share | undefined {
  const { claim, lease, queue } = options;
  const refuse = (path: string, message: string) => {
    throw new InvalidInputError('option', [{ path, message }]);
  };
  if (lease !== undefined && !claim) refuse('--lease', 'belongs to --claim');
  if (!claim) {
    const part = partOf(options.part, process.env);
    return part && { part };
  }
  if (options.part !== undefined) refuse('--claim', 'takes cells as they come, and --part takes given ones');
  if (queue !== undefined) refuse('--claim', 'is for a folder; a --queue deals out cells by itself');
  const seconds = Number(lease ?? LEASE_S);
  if (!(seconds >= 1 && seconds <= 3600)) {
    refuse('--lease', `"${lease}" is not a number of seconds from 1 to 3600`);
  }
  return { leaseMs: 1000 * seconds };
}

/** Computes a share of the cells, and says what is there and how the rest comes about. */
export async function computeShare(
  study: Study,
  options: RunOptions & { readonly cellsDir: string; readonly share: Share },
  { name, out, then, json }: { name: string; out: string; then: string; json?: true | undefined },
): Promise<void> {
  const { quick, share } = options;
  const { cells, missing } = await computeCells(study, options);
  const shown = 'part' in share ? `${share.part.index + 1}/${share.part.count}` : undefined;
  if (json) {
    const found = { study: name, quick, part: shown ?? null, cells, missing: missing.length, out };
    return printJson(found);
  }
  const there = `${cells - missing.length} of ${cells} cells are there`;
  print(`${name}: ${shown === undefined ? '' : `part ${shown} is done; `}${there}; ${then}`);
}
