import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { currentModules } from '../io/modules.js';
import { refuseInfinite } from '../terminal/output.js';

/** The version of the `metalore` package. */
export const version: string = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
).version;

/** What a run says about itself. All values are plain JSON. */
export interface ManifestContent {
  /** What was run: `simulate`, `reproduce partition`, … */
  readonly kind: string;
  /** The scenario or instance in full, as it was resolved. */
  readonly scenario?: unknown;
  readonly seed?: number;
  readonly policy?: unknown;
  /** When the work began. */
  readonly startedAt: Date;
  /** Whatever else belongs to the run: options, counts, file names. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * Writes `<dir>/manifest.json`: version, command, machine, start and end. Times and machine stand here and nowhere else,
 * so that all other files of a run are the same bytes wherever and whenever it ran. The user's modules that it ran with are
 * named by their contents, and kept beside it in `modules/`.
 */
export async function writeManifest(dir: string, content: ManifestContent): Promise<void> {
  const { startedAt, ...rest } = content;
  refuseInfinite(rest);
  const modules = currentModules();
  const manifest = {
    version,
    ...rest,
    ...(modules.length > 0 && { modules: modules.map(({ name, sha256 }) => ({ name, sha256 })) }),
    command: ['metalore', ...process.argv.slice(2)].join(' '),
    machine: {
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
      cpu: os.cpus()[0]?.model ?? 'unknown',
      cores: os.cpus().length,
      memoryMB: Math.round(os.totalmem() / 1e6),
    },
    start: startedAt.toISOString(),
    end: new Date().toISOString(),
  };
  if (modules.length > 0) await mkdir(path.join(dir, 'modules'), { recursive: true });
  for (const { name, source } of modules) await writeFile(path.join(dir, 'modules', name), source);
  await writeFile(path.join(dir, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}
