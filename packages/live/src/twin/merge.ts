import type { Json } from '../message/bounded-json.js';
import { readFeature } from '../message/ditto.js';
import type { FeatureDocument } from '../message/update.js';
import { mergePatch } from '../message/pointer.js';
import { featureOf, propertiesOf, type Thing } from './thing.js';

/** Merges a patch of features into a thing: values become an update, the rest the thing's document. */
export function mergedFeatures(
  thing: Thing,
  patch: Record<string, Json>,
): {
  documents: Record<string, FeatureDocument>;
  values: Record<string, Record<string, Json>>;
  removed: [string, string][];
} {
  const documents: Record<string, FeatureDocument> = {};
  const values: Record<string, Record<string, Json>> = {};
  const removed: [string, string][] = [];
  for (const [name, change] of Object.entries(patch)) {
    const before = featureOf(thing, name) ?? {};
    const { document, properties = {} } = readFeature(name, mergePatch(before as Json, change));
    documents[name] = document;
    const old = propertiesOf(thing, name) ?? {};
    for (const property of Object.keys(old)) if (!(property in properties)) removed.push([name, property]);
    const touched = Object.entries(properties).filter(([property, value]) => value !== old[property]);
    if (touched.length > 0) values[name] = Object.fromEntries(touched);
  }
  return { documents, values, removed };
}
