import { InvalidInputError, type Problem } from '@metalore/core/errors';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Models } from './settings.js';

const ENDING = '.glb';
const MAX_BYTES = 8_000_000;
const MAX_VALUES = 3_000_000;
const MAGIC = 0x46546c67; // glTF
const JSON_CHUNK = 0x4e4f534a;
const HEADER_BYTES = 20;

/** Only what a model may hold that is of interest here. */
const gltfSchema = z.looseObject({
  buffers: z.array(z.looseObject({ uri: z.string().optional() })).default([]),
  images: z.array(z.looseObject({ uri: z.string().optional() })).default([]),
  accessors: z.array(z.looseObject({ count: z.int().nonnegative() })).default([]),
  extensionsRequired: z.array(z.string()).default([]),
});

/** Extensions that need no program to read them. */
const EXTENSIONS =
  /^KHR_(materials_\w+|mesh_quantization|texture_transform|lights_punctual|node_visibility)$/;

/**
 * Reads the models of a folder. Each holds all it needs and is bounded, as pages draw it.
 *
 * @throws InvalidInputError naming every file that is none
 */
export function readModels(folder: string): Models {
  const models = new Map<string, Uint8Array<ArrayBuffer>>();
  const problems: Problem[] = [];
  for (const file of filesOf(folder)) {
    try {
      models.set(file.slice(0, -ENDING.length), readModel(path.join(folder, file)));
    } catch (error) {
      problems.push({ path: path.join(folder, file), message: (error as Error).message });
    }
  }
  if (problems.length > 0) throw new InvalidInputError('models', problems);
  return models;
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((file) => file.endsWith(ENDING))
      .sort();
  } catch (error) {
    throw new InvalidInputError('option', [{ path: '--models', message: (error as Error).message }]);
  }
}

function readModel(file: string): Uint8Array<ArrayBuffer> {
  const { size } = statSync(file);
  if (size > MAX_BYTES) throw new Error(`has ${size} bytes; accepted: up to ${MAX_BYTES}`);
  const bytes = new Uint8Array(readFileSync(file));
  const view = new DataView(bytes.buffer);
  const isBinary =
    size >= HEADER_BYTES &&
    view.getUint32(0, true) === MAGIC &&
    view.getUint32(4, true) === 2 &&
    view.getUint32(8, true) === size &&
    view.getUint32(16, true) === JSON_CHUNK;
  if (!isBinary) throw new Error('is no binary glTF 2.0 of the length that it names');
  const end = HEADER_BYTES + view.getUint32(12, true);
  if (end > size) throw new Error('ends before its JSON does');
  const gltf = readJson(bytes.subarray(HEADER_BYTES, end));
  const foreign = [...gltf.buffers, ...gltf.images].find(({ uri }) => uri !== undefined);
  if (foreign !== undefined) {
    throw new Error(`names "${foreign.uri!.slice(0, 60)}"; a model must hold all it needs itself`);
  }
  const values = gltf.accessors.reduce((sum, { count }) => sum + count, 0);
  if (values > MAX_VALUES) throw new Error(`has ${values} values; accepted: up to ${MAX_VALUES}`);
  const unknown = gltf.extensionsRequired.find((extension) => !EXTENSIONS.test(extension));
  if (unknown !== undefined) throw new Error(`needs ${unknown}, which is not read here`);
  return bytes;
}

function readJson(bytes: Uint8Array): z.infer<typeof gltfSchema> {
  const read = gltfSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
  if (read.success) return read.data;
  const [{ path: place, message }] = read.error.issues;
  throw new Error(`${place.join('.')}: ${message}`);
}
