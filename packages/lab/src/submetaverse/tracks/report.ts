import { InvalidInputError, type Problem } from '@metalore/core/errors';

/** What an import made of its rows. */
export interface ImportCounts {
  /** Rows read, used, and left out by reason. */
  readonly read: number;
  readonly used: number;
  readonly leftOut: Readonly<Record<string, number>>;
}

const SHOWN = 20;

/** Counts rows, and stops at a broken one unless those are to be left out. */
export class RowReport {
  read = 0;
  used = 0;
  readonly #leftOut = new Map<string, number>();

  constructor(readonly skipBadRows: boolean) {}

  /** @throws InvalidInputError with the place, unless broken rows are left out */
  broken(problem: Problem): void {
    if (!this.skipBadRows) {
      throw new InvalidInputError('recorded data', [problem], {
        hint: '--skip-bad-rows leaves broken rows out and counts them',
      });
    }
    this.leaveOut('broken');
  }

  leaveOut(reason: string, count = 1): void {
    if (count > 0) this.#leftOut.set(reason, (this.#leftOut.get(reason) ?? 0) + count);
  }

  counts(): ImportCounts {
    return {
      read: this.read,
      used: this.used,
      leftOut: Object.fromEntries([...this.#leftOut].slice(0, SHOWN)),
    };
  }
}
