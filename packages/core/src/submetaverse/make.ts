import { withChanges } from '../document/index.js';
import { SubMetaverseEnvironment } from './environment.js';
import { parseScenario } from './scenario/index.js';
import { presetDocument } from './scenario/presets.js';
import type { SimulatorOptions } from './simulator.js';

/** Options of {@link make}. */
export interface MakeOptions extends SimulatorOptions {
  /** Fields of the scenario to change, by dotted path, as of `--set`: `{ 'ues.count': 20 }`. */
  readonly set?: Readonly<Record<string, unknown>>;
}

/**
 * The environment of a scenario that comes with MetaLore, as Gymnasium's `make`: `make('paper').reset({ seed: 1 })`.
 *
 * @param preset `paper`, `dense`, …; `presetNames()` has them all
 * @throws UnknownNameError with the names that exist
 * @throws InvalidInputError a change that is not valid
 */
export function make(preset: string, { set = {}, ...options }: MakeOptions = {}): SubMetaverseEnvironment {
  const document = withChanges(presetDocument(preset), set);
  return new SubMetaverseEnvironment(parseScenario(document, `scenario ${preset}`), options);
}
