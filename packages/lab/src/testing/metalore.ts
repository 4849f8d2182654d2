import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';
import { main } from '../cli.js';

/** The compiled command, as users start it. */
export const BIN = fileURLToPath(new URL('../../bin/metalore.js', import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the compiled command in a process of its own. */
export function metalore(
  args: readonly string[],
  options: { interruptWhen?: () => boolean; signal?: 'SIGINT' | 'SIGKILL' } = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [BIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const { interruptWhen, signal = 'SIGINT' } = options;
    const timer =
      interruptWhen &&
      setInterval(() => {
        if (!interruptWhen()) return;
        clearInterval(timer);
        child.kill(signal);
      }, 5);
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(timer);
      resolve({ code, stdout, stderr });
    });
  });
}

/** Runs the command in this process, from its sources: many times faster, where a process of its own proves nothing more. */
export async function metaloreHere(args: readonly string[]): Promise<Outcome> {
  const outcome = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((chunk) => {
      outcome[name] += String(chunk);
      return true;
    }),
  );
  process.exitCode = undefined;
  try {
    return { code: await main(args), ...outcome };
  } finally {
    process.exitCode = undefined;
    for (const spy of spies) spy.mockRestore();
  }
}

/** A folder that `clean` removes. */
export function temporaryFolder(): { dir: string; clean: () => void } {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'metalore-test-'));
  return { dir, clean: () => rmSync(dir, { recursive: true, force: true }) };
}

/** All files below a folder by their path, as text; without manifests, which hold times. */
export function filesBelow(dir: string): Record<string, string> {
  const names = readdirSync(dir, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    names
      .filter((entry) => entry.isFile() && entry.name !== 'manifest.json')
      .map((entry) => path.join(entry.parentPath, entry.name))
      .sort()
      .map((file) => [path.relative(dir, file), readFileSync(file, 'latin1')]),
  );
}
