import { COLLECTOR, PRODUCERS, PROVIDERS, Story } from '@metalore/chain';
import type { LifecycleResult, PictureCodec, StoryStep } from '@metalore/chain';
import { greyOf } from '@metalore/core/lifecycle';
import type { ReputationSolution } from '@metalore/core/lifecycle';
import { decodeImage, sharpOf } from './images.js';

/** What a story leaves. */
export interface ToldStory {
  readonly prompt: string;
  readonly seed: number;
  readonly steps: readonly StoryStep[];
  /** From the ledger alone, after the last request. */
  readonly reputation: ReputationSolution;
  readonly producers: readonly string[];
  readonly providers: readonly string[];
  /** Requests that each provider was asked, and those that it answered. */
  readonly asked: readonly number[];
  readonly answered: readonly number[];
  /** Bits between the copy and the nearest hash of the original. */
  readonly distance: number;
  readonly result: LifecycleResult;
  /** A script of kind `lifecycle` that does the same again. */
  readonly script: object;
  /** Pictures by file name. */
  readonly pictures: Readonly<Record<string, Uint8Array>>;
}

/** Files as sharp makes them. */
const codec: PictureCodec = {
  png: (image) => sharpOf(image).png().toBuffer(),
  async jpeg(image) {
    const bytes = await sharpOf(image).jpeg({ quality: 60 }).toBuffer();
    return { bytes, image: greyOf(await decodeImage(bytes, 'copy.jpg')) };
  },
};

/**
 * From prompts to a copy that is struck.
 *
 * @param rounds requests of each producer; the last one of the first producer has `prompt`
 */
export async function tellStory(prompt: string, rounds: number, seed: number): Promise<ToldStory> {
  const story = await Story.start(codec, seed);
  for (let round = 0; round < rounds; round++) {
    for (let producer = 0; producer < PRODUCERS.length; producer++) {
      if (round === rounds - 1 && producer === 0) continue;
      await story.request(producer, `${prompt}, study ${round + 1} of ${PRODUCERS[producer]}`);
    }
  }
  // a provider may fail; whoever wants the work asks again
  let work: string | undefined;
  while (work === undefined) work = await story.request(0, prompt);
  await story.sell(work, PRODUCERS[0]);
  const { bits } = await story.challenge(work, await story.copy(work), COLLECTOR);
  const { steps, asked, answered, script, works } = story;
  return {
    prompt,
    seed,
    steps,
    reputation: story.reputation(),
    producers: PRODUCERS,
    providers: Object.keys(PROVIDERS),
    asked,
    answered,
    distance: bits,
    result: await story.result(),
    script,
    pictures: Object.fromEntries([...works.values()].map(({ file, bytes }) => [file, bytes])),
  };
}
