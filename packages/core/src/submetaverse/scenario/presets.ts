import { UnknownNameError } from '../../errors/index.js';
import { PRESET_DOCUMENTS } from './preset-documents.js';

/** Names of the scenarios that come with MetaLore. */
export function presetNames(): string[] {
  return Object.keys(PRESET_DOCUMENTS);
}

/**
 * A scenario that comes with MetaLore, as it is written in `scenarios/`: change it and give it to `parseScenario`.
 *
 * @throws UnknownNameError with the names that exist
 */
export function presetDocument(name: string): unknown {
  if (!Object.hasOwn(PRESET_DOCUMENTS, name)) throw new UnknownNameError('preset', name, presetNames());
  return JSON.parse(JSON.stringify(PRESET_DOCUMENTS[name]));
}
