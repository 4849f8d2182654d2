import { InvalidInputError } from '@metalore/core/errors';
import type { Policy } from '@metalore/core/policy';
import { loadLive } from '../live/load-live.js';
import { loadPolicy } from '../policy/policy-value.js';
import { loadScenario, type LoadedScenario } from '../submetaverse/scenario-files.js';

/**
 * A scenario of one cell, as a live sub-metaverse is.
 *
 * @throws InvalidInputError it has several
 */
export function loadCell(name: string, set: readonly string[], replay?: string): LoadedScenario {
  const loaded = loadScenario(name, { set, ...(replay !== undefined && { replay }) });
  const { cells } = loaded.scenario;
  if (cells.length === 1) return loaded;
  const message = `has ${cells.length} cells; a live sub-metaverse is one`;
  throw new InvalidInputError(`scenario ${name}`, [{ path: 'cells', message }]);
}

/**
 * A policy that sees only what a server sees.
 *
 * @throws InvalidInputError it reads what real devices have not sent yet
 */
export async function loadLivePolicy(spec: string): Promise<Policy> {
  const policy = await loadPolicy(spec);
  const { unseenFeature, whyUnseen } = await loadLive();
  const unseen = unseenFeature(policy);
  if (unseen === undefined) return policy;
  throw new InvalidInputError('option', [{ path: '--policy', message: whyUnseen(spec, unseen) }]);
}
