import { parseWith } from '@metalore/core/document';
import type { z } from 'zod';
import { dataFile } from '../io/data-folder.js';
import { readDocument } from '../io/documents.js';

/**
 * What varies in a study, from `studies/<name>.yaml`.
 *
 * @throws InvalidInputError with every problem
 */
export function readStudy<Schema extends z.ZodType>(name: string, schema: Schema): z.output<Schema> {
  const file = `${name}.yaml`;
  return parseWith(schema, readDocument(dataFile('studies', file)), `studies/${file}`);
}
