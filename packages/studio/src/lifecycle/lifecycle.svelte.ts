import type { Story } from '@metalore/chain';
import { copyDistance, greyOf, perceptualHashes } from '@metalore/core/lifecycle';
import { commandLine } from '../shared/command.js';
import { plainError, type PlainError } from '../shared/problem.js';
import { bytesOf, codec, decode } from './pictures.js';

/** A work as a card. */
export interface Card {
  readonly item: string;
  readonly prompt: string;
  readonly owner: string;
  readonly live: boolean;
  readonly locked: boolean;
  /** Address of its picture. */
  readonly url: string;
}

/** Both sides of a sale that is not over. */
export interface Offer {
  readonly item: string;
  readonly seller: string;
  readonly price: string;
  readonly work: string;
  readonly secret: `0x${string}`;
  /** Unix seconds. */
  readonly workUntil: number;
  readonly priceUntil: number;
}

/** A picture that was dropped in, held against a work. */
export interface Dropped {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly hashes: readonly bigint[];
  readonly url: string;
}

type ChainModule = typeof import('@metalore/chain');

/** The Lifecycle view: a story on a chain that runs in the page, loaded when the view is opened. */
export class LifecycleState {
  seed = $state(1);
  prompt = $state('a harbour at dusk');
  producer = $state(0);
  /** Something is being mined. */
  busy = $state(true);
  error = $state.raw<PlainError>();
  cards = $state.raw<readonly Card[]>([]);
  locks = $state.raw<Readonly<Record<string, string>>>({});
  balances = $state.raw<Readonly<Record<string, string>>>({});
  /** Mean reputation of every provider after every request. */
  reputation = $state.raw<readonly (readonly number[])[]>([]);
  steps = $state.raw<Story['steps']>([]);
  asked = $state.raw<readonly number[]>([]);
  gas = $state(0);
  sent = $state(0);
  time = $state(0);
  chosen = $state<string>();
  offer = $state.raw<Offer>();
  dropped = $state.raw<Dropped>();
  /** Undefined until it is loaded. */
  chain = $state.raw<ChainModule>();
  #story: Story | undefined;

  readonly card = $derived(this.cards.find(({ item }) => item === this.chosen));
  /** Bits between the dropped picture and the chosen work. */
  readonly distance = $derived.by(() => {
    const work = this.chosen === undefined ? undefined : this.#story?.works.get(this.chosen);
    return this.dropped === undefined || work === undefined
      ? undefined
      : copyDistance(work.hashes, this.dropped.hashes);
  });
  /** What the same story is on the command line; pictures’ bytes, and so state roots, are other ones. */
  readonly command = $derived(commandLine('lifecycle', 'story', this.prompt, '--seed', String(this.seed)));

  /** Begins anew. */
  async start(): Promise<void> {
    await this.#doing(async () => {
      this.chain ??= await import('@metalore/chain');
      this.#story = await this.chain.Story.start(codec, this.seed);
      this.reputation = [this.#means()];
      this.chosen = this.offer = this.dropped = undefined;
    });
  }

  async ask(times: number): Promise<void> {
    await this.#doing(async (story) => {
      for (let k = 0; k < times; k++) {
        const producer = times === 1 ? this.producer : (this.producer + k) % this.chain!.PRODUCERS.length;
        const prompt =
          times === 1 ? this.prompt : `${this.prompt}, study ${story.asked.reduce((a, b) => a + b, 1)}`;
        const item = await story.request(producer, prompt);
        if (item !== undefined) this.chosen = item;
        this.reputation = [...this.reputation, this.#means()];
        await this.#read();
      }
    });
  }

  /** Locks both sides of a sale of the chosen work to the collector. */
  async sell(): Promise<void> {
    const { card } = this;
    if (card === undefined) return;
    await this.#doing(async (story) => {
      const opened = await story.offer(card.item, card.owner);
      const { DEADLINE_S } = this.chain!;
      // the price was locked in the block before the work
      const now = story.run.chain.time;
      const until = { workUntil: now + DEADLINE_S, priceUntil: now - 1 + 2 * DEADLINE_S };
      this.offer = { item: card.item, seller: card.owner, ...opened, ...until };
    });
  }

  async claim(side: 'work' | 'price'): Promise<void> {
    const { offer } = this;
    if (offer === undefined) return;
    const by = side === 'work' ? this.chain!.COLLECTOR : offer.seller;
    await this.#settle((story) =>
      story.perform({ by, do: 'claim', lock: offer[side], secret: offer.secret }),
    );
  }

  async refund(side: 'work' | 'price'): Promise<void> {
    const { offer } = this;
    if (offer === undefined) return;
    const by = side === 'price' ? this.chain!.COLLECTOR : offer.seller;
    await this.#settle((story) => story.perform({ by, do: 'refund', lock: offer[side] }));
  }

  async wait(seconds: number): Promise<void> {
    await this.#doing((story) => story.perform({ do: 'wait', seconds }));
  }

  /** Somebody registers a JPEG of the chosen work. */
  async copy(): Promise<void> {
    const { chosen } = this;
    if (chosen !== undefined) await this.#doing(async (story) => void (await story.copy(chosen)));
  }

  /** The owner of the chosen work challenges a later one. */
  async challenge(copy: string): Promise<void> {
    const { card } = this;
    if (card === undefined) return;
    await this.#doing(async (story) => void (await story.challenge(card.item, copy, card.owner)));
  }

  async drop(file: File): Promise<void> {
    await this.#doing(async () => {
      const image = await decode(file);
      const hashes = perceptualHashes(greyOf(image));
      this.dropped = { name: file.name, bytes: await bytesOf(file), hashes, url: URL.createObjectURL(file) };
    });
  }

  /** Registers the dropped picture as the copier's. */
  async registerDropped(): Promise<void> {
    const { dropped } = this;
    if (dropped === undefined) return;
    await this.#doing(async (story) => {
      const { name: file, bytes, hashes } = dropped;
      const item = `copy ${story.works.size}`;
      await story.register(this.chain!.COPIER, { item, prompt: file, file, bytes, hashes });
    });
  }

  /** A sale is over once neither side is locked. */
  async #settle(act: (story: Story) => Promise<void>): Promise<void> {
    await this.#doing(act);
    const { offer } = this;
    if (offer && this.locks[offer.work] !== 'locked' && this.locks[offer.price] !== 'locked')
      this.offer = undefined;
  }

  async #doing(act: (story: Story) => Promise<void>): Promise<void> {
    this.busy = true;
    this.error = undefined;
    try {
      await act(this.#story!);
    } catch (error) {
      this.error = plainError(error);
    }
    if (this.#story !== undefined) await this.#read();
    this.busy = false;
  }

  async #read(): Promise<void> {
    const story = this.#story!;
    const { items, locks, balances } = await story.run.state();
    this.cards = Object.entries(items).map(([item, state]) => {
      const { prompt, bytes, file } = story.works.get(item)!;
      const url =
        this.cards.find((card) => card.item === item && card.prompt === prompt)?.url ??
        URL.createObjectURL(
          new Blob([bytes as Uint8Array<ArrayBuffer>], {
            type: /\.png$/.test(file) ? 'image/png' : 'image/jpeg',
          }),
        );
      return { item, prompt, ...state, url };
    });
    this.locks = locks;
    this.balances = balances;
    this.steps = [...story.steps];
    this.asked = [...story.asked];
    this.gas = story.receipts.reduce((sum, receipt) => sum + (receipt?.gas ?? 0), 0);
    this.sent = story.receipts.filter((receipt) => receipt !== null).length;
    this.time = story.run.chain.time;
  }

  #means(): number[] {
    const { reputation } = this.#story!.reputation();
    return reputation[0].map((_, provider) => {
      const sum = reputation.reduce((total, row) => total + row[provider], 0);
      return sum / reputation.length;
    });
  }
}
