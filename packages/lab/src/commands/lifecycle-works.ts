import { InvalidInputError } from '@metalore/core/errors';
import { copyDistance } from '@metalore/core/lifecycle';
import type { Command } from 'commander';
import { checkOutputFolder } from '../io/output-folder.js';
import { print, printJson, renderTable } from '../terminal/output.js';
import { integerOption } from './options.js';

interface StoryOptions {
  rounds: string;
  seed: string;
  json?: true;
  out?: string;
}

/** `metalore lifecycle story|hash`: works from prompt to struck copy, and the fingerprints of pictures. */
export function registerLifecycleWorks(lifecycle: Command): void {
  lifecycle
    .command('story')
    .description('From a prompt to a struck copy: reputation, pictures, swaps, a resale, a challenge')
    .argument('[prompt]', 'what the first producer asks for', 'a harbour at dusk')
    .option('--rounds <n>', 'requests of each producer before', '8')
    .option('--seed <n>', 'seed of choices and pictures', '1')
    .option('--json', 'print one JSON object')
    .option('--out <dir>', 'write pictures, the script, genesis and signed transactions, and the result')
    .addHelpText(
      'after',
      `
Pictures are painted by a procedure; no generative model runs.

Examples:
  metalore lifecycle story "a harbour at dusk" --out runs/story
  metalore lifecycle runs/story/script.json          # the same again, to the same state root
  metalore lifecycle hash runs/story/work-*.png runs/story/copy.jpg`,
    )
    .action(story);
  lifecycle
    .command('hash')
    .description('SHA-256 and perceptual hashes of pictures, and how far they lie from the first')
    .argument('<files...>', 'PNG, JPEG, WebP, AVIF, GIF or TIFF')
    .option('--json', 'print one JSON object')
    .action(hash);
}

async function story(prompt: string, options: StoryOptions): Promise<void> {
  const startedAt = new Date();
  const rounds = integerOption('--rounds', options.rounds, 1);
  const seed = integerOption('--seed', options.seed, 0);
  if (prompt.trim() === '') {
    throw new InvalidInputError('argument', [{ path: 'prompt', message: 'is empty; expected some words' }]);
  }
  if (options.out !== undefined) await checkOutputFolder(options.out);
  const { tellStory } = await import('../lifecycle/story.js');
  const told = await tellStory(prompt, rounds, seed);
  if (options.out !== undefined) {
    const { writeStory } = await import('../lifecycle/write-story.js');
    await writeStory(options.out, told, startedAt);
  }
  const { script: _script, pictures, ...rest } = told;
  if (options.json) return printJson({ ...rest, pictures: Object.keys(pictures) });
  const { steps, providers, producers, asked, answered, reputation, result } = told;
  print(steps.map(({ what }) => what).join('\n'));
  print(
    `\n${renderTable(
      ['provider', 'asked', 'answered', ...producers.map((name) => `reputation with ${name}`)],
      providers.map((name, k) => [
        name,
        asked[k],
        answered[k],
        ...producers.map((_, producer) => reputation.reputation[producer][k].toFixed(3)),
      ]),
    )}`,
  );
  const gas = result.actions.reduce((sum, receipt) => sum + (receipt?.gas ?? 0), 0);
  const sent = result.actions.filter((receipt) => receipt !== null).length;
  print(`\n${sent} transactions, ${gas.toLocaleString('en')} gas; state root ${result.stateRoot}`);
}

async function hash(files: readonly string[], options: { json?: true }): Promise<void> {
  const { fingerprintOfFile } = await import('../lifecycle/images.js');
  const pictures = [];
  for (const file of files) pictures.push({ file, ...(await fingerprintOfFile(file)) });
  const numbers = pictures.map(({ hashes }) => hashes.map((one) => BigInt(`0x${one}`)));
  const rows = pictures.map((picture, k) => ({ ...picture, distance: copyDistance(numbers[0], numbers[k]) }));
  if (options.json) return printJson({ pictures: rows });
  print(
    renderTable(
      ['picture', 'SHA-256', 'first hash', `bits from ${files[0]}`],
      rows.map(({ file, sha256, hashes, distance }) => [
        file,
        `${sha256.slice(0, 16)}…`,
        hashes[0],
        distance,
      ]),
    ),
  );
}
