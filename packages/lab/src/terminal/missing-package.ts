import { readFileSync } from 'node:fs';
import { MetaloreError } from '@metalore/core/errors';

interface PackageFile {
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/**
 * What some commands need and others do not (an Ethereum machine, a queue, a decoder of pictures, …) is not installed with the
 * `metalore` package, as it weighs more than all the rest.
 *
 * @returns what to install, where that is what `error` says is not there; in the version that the tests ran with
 */
export function missingPackage(error: Error): MetaloreError | undefined {
  const name = /Cannot find package '([^']+)'/.exec(error.message)?.[1];
  if (name === undefined) return undefined;
  const file = new URL('../../package.json', import.meta.url);
  const { peerDependencies = {}, devDependencies = {} } = JSON.parse(
    readFileSync(file, 'utf8'),
  ) as PackageFile;
  if (!Object.hasOwn(peerDependencies, name)) return undefined;
  const hint = `npm install ${name}@${devDependencies[name] ?? peerDependencies[name]}`;
  return new MetaloreError(`this needs the package ${name}, which is not installed`, { hint, cause: error });
}
