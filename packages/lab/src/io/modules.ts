import { createHash } from 'node:crypto';
import path from 'node:path';
import { InvalidInputError, MetaloreError } from '@metalore/core/errors';
import { readBytes, textOf } from './documents.js';

/**
 * A module of a user's own (`--module ./mine.mjs`) as plain data and complete in itself: it travels with the work, and what is
 * computed with it is named by its content.
 */
export interface ModuleValue {
  /** The file's name, without its folder. */
  readonly name: string;
  readonly sha256: string;
  readonly source: string;
}

let current: readonly ModuleValue[] = [];

/** The modules that this process computes with: what it hands to workers, and what its results say of themselves. */
export function currentModules(): readonly ModuleValue[] {
  return current;
}

/** Notes what `registry/modules.ts` has loaded. */
export function setCurrentModules(modules: readonly ModuleValue[]): void {
  current = modules;
}

/** What names the results of a cell beside its own content: nothing where there is no module. */
export function modulesKey(): { modules?: readonly string[] } {
  return current.length === 0 ? {} : { modules: current.map(({ sha256 }) => sha256) };
}

/**
 * Reads modules as they are now.
 *
 * @throws InvalidInputError a file that is missing, no text, or has the name of another
 */
export function readModules(files: readonly string[]): ModuleValue[] {
  const modules = files.map((file): ModuleValue => {
    const bytes = readBytes(file);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return { name: path.basename(file), sha256, source: textOf(bytes, file) };
  });
  modules.forEach(({ name }, at) => {
    if (modules.findIndex((other) => other.name === name) === at) return;
    const message = `is given twice by that name: ${files.filter((file) => path.basename(file) === name).join(', ')}`;
    throw new InvalidInputError('module', [{ path: name, message }]);
  });
  return modules;
}

/** What stands for a module in a stack trace, beside line and column. */
const traceName = ({ name }: ModuleValue) => `metalore-module/${encodeURIComponent(name)}`;

/** A module's text as an address that can be imported. */
export function moduleUrl(module: ModuleValue): string {
  const source = `${module.source}\n//# sourceURL=${traceName(module)}\n`;
  return `data:text/javascript;base64,${Buffer.from(source).toString('base64')}`;
}

/** An error that a user's module threw while it ran, as one that names it; any other error as it is. */
export function blamed(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof MetaloreError) return error;
  for (const module of current) {
    // Some tools that rewrite stack traces do not know the name that the text gives itself.
    const stack = error.stack?.replaceAll(moduleUrl(module), traceName(module)) ?? '';
    const at = stack.indexOf(`${traceName(module)}:`);
    if (at < 0) continue;
    const place = /:\d+:\d+/.exec(stack.slice(at))?.[0] ?? '';
    return new InvalidInputError('module', [{ path: `${module.name}${place}`, message: said(error) }], {
      cause: error,
    });
  }
  return error;
}

/** An error in one line. */
export function said(error: unknown): string {
  if (error instanceof InvalidInputError) {
    return error.problems.map(({ path: at, message }) => `${error.what} ${at} ${message}`).join('; ');
  }
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.replace(/ from "data:.*$/s, '');
}
