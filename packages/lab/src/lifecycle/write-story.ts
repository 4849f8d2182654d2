import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseLifecycleScript } from '@metalore/core/lifecycle';
import { withOutputFolder } from '../io/output-folder.js';
import { writeManifest } from '../results/manifest.js';
import type { ToldStory } from './story.js';
import { writeSigned } from './write.js';

/** Writes a story: its pictures, the script that does the same again, what other clients replay, the result. */
export async function writeStory(out: string, story: ToldStory, startedAt: Date): Promise<void> {
  const { script, pictures, ...told } = story;
  await withOutputFolder(out, async (dir) => {
    const write = (name: string, value: unknown): Promise<void> =>
      writeFile(path.join(dir, name), `${JSON.stringify(value, null, 2)}\n`);
    for (const [name, bytes] of Object.entries(pictures)) await writeFile(path.join(dir, name), bytes);
    await write('script.json', script);
    await write('result.json', told);
    await writeSigned(dir, parseLifecycleScript(script));
    const { prompt, seed } = story;
    await writeManifest(dir, {
      kind: 'lifecycle-story',
      scenario: script,
      seed,
      startedAt,
      details: { prompt },
    });
  });
}
