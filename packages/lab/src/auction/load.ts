import { drawAuctionInstance, parseAuctionInstance } from '@metalore/core/auction';
import type { AuctionInstance } from '@metalore/core/auction';
import { isDrawn } from '@metalore/core/document';
import { loadInput } from '../io/load-input.js';

/** An instance, and the drawing options where it was drawn. */
export interface LoadedAuction {
  readonly instance: AuctionInstance;
  /** Absent for an explicit instance. */
  readonly drawn?: Readonly<Record<string, unknown>> & { readonly seed: number };
}

/**
 * Reads an instance: a file, or the name of an example (`base` for `scenarios/auction-base.yaml`). With a field `seed` it is
 * drawn, otherwise explicit. A field `kind: auction` is allowed.
 *
 * @param changes `path=value`, the value in YAML
 * @throws InvalidInputError with every problem, its vehicle and task
 */
export function loadAuction(nameOrFile: string, changes: readonly string[] = []): LoadedAuction {
  const { document, what } = loadInput('auction', nameOrFile, changes);
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    return { instance: parseAuctionInstance(document, what) };
  }
  const { kind: _kind, ...content } = document as Record<string, unknown>;
  if (!isDrawn(content, 'vehicles')) return { instance: parseAuctionInstance(content, what) };
  const instance = drawAuctionInstance(content, what);
  return { instance, drawn: content as LoadedAuction['drawn'] & object };
}
