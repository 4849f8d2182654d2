import { InternalError } from '@metalore/core/errors';
import {
  copyDistance,
  greyOf,
  paintPrompt,
  parseLifecycleScript,
  perceptualHashes,
  REPUTATION_DEFAULTS,
  solveReputation,
  type ColourImage,
  type GreyImage,
  type Interaction,
  type ReputationSolution,
} from '@metalore/core/lifecycle';
import { RandomStream } from '@metalore/core/random';
import { sha256, stringToBytes } from 'viem';
import type { Receipt } from './chain.js';
import { addressOfName, lockId, type Hex } from './keys.js';
import { ledgerOf, paymentsOf } from './ledger.js';
import { ScriptRun, type LifecycleResult } from './run-script.js';

/** Producers who ask for works. */
export const PRODUCERS = ['ann', 'ben', 'cleo'] as const;
/** Providers (ESPs), and the share of requests that each answers. */
export const PROVIDERS = { 'esp-1': 0.95, 'esp-2': 0.85, 'esp-3': 0.6 } as const;
/** Who buys works from producers, and who registers copies. */
export const COLLECTOR = 'dora';
export const COPIER = 'eve';
/** Wei that a provider and a producer are paid. */
export const PRICE = 40n;
export const RESALE = 90n;
/** D of a swap, seconds: the work is locked for so long, the price for twice as long. */
export const DEADLINE_S = 60;
/** Largest distance of a copy, bits. */
export const TAU = 10;
const DEPOSIT = 100n;
const START = 1_700_000_000;

/** Makes files of pictures: what a browser and a server do in ways of their own. */
export interface PictureCodec {
  png(image: ColourImage): Promise<Uint8Array>;
  /** The file, and what it shows: not quite what was put in. */
  jpeg(image: ColourImage): Promise<{ bytes: Uint8Array; image: GreyImage }>;
}

/** A picture that was registered. */
export interface Work {
  readonly item: string;
  readonly prompt: string;
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly hashes: readonly bigint[];
  /** As painted; absent for a copy. */
  readonly image?: ColourImage;
}

/** One thing that happened, in words. */
export interface StoryStep {
  readonly what: string;
  /** Of the last block of it, Unix seconds. */
  readonly time: number;
}

type Action = Record<string, unknown> & { readonly do: string };

/**
 * Tells the life of generated works on a chain: producers ask providers whom they choose by their reputation, pay by swaps,
 * sell on; copies are registered, challenged and struck (paper 002, second paper, V-D). Pictures are painted by a procedure, not by a
 * generative model.
 */
export class Story {
  readonly run: ScriptRun;
  readonly steps: StoryStep[] = [];
  readonly works = new Map<string, Work>();
  readonly actions: Action[] = [];
  readonly receipts: (Receipt | null)[] = [];
  /** Requests that each provider was asked, and those that it answered. */
  readonly asked = Object.keys(PROVIDERS).map(() => 0);
  readonly answered = Object.keys(PROVIDERS).map(() => 0);
  readonly #base: { readonly accounts: Record<string, string> };
  readonly #codec: PictureCodec;
  readonly #stream: RandomStream;
  readonly #funds = new Set<Hex>();
  #offers = 0;

  private constructor(
    run: ScriptRun,
    base: { readonly accounts: Record<string, string> },
    codec: PictureCodec,
    readonly seed: number,
  ) {
    this.run = run;
    this.#base = base;
    this.#codec = codec;
    this.#stream = new RandomStream(seed, 'lifecycle/story');
  }

  /** @param seed of choices, failures and pictures */
  static async start(codec: PictureCodec, seed: number): Promise<Story> {
    const names = [...PRODUCERS, ...Object.keys(PROVIDERS), COLLECTOR, COPIER];
    const base = {
      kind: 'lifecycle',
      start: START,
      deposit: String(DEPOSIT),
      tau: TAU,
      accounts: Object.fromEntries(names.map((name) => [name, '10000'])),
    };
    const run = await ScriptRun.start(parseLifecycleScript({ ...base, actions: [] }));
    return new Story(run, base, codec, seed);
  }

  /** A script of kind `lifecycle` that does the same again. */
  get script(): object {
    return { ...this.#base, actions: this.actions };
  }

  /**
   * A producer asks a provider, chosen by softmax over reputations.
   *
   * @param producer number of {@link PRODUCERS}
   * @returns the work's name; undefined where nothing came and the price went back
   */
  async request(producer: number, prompt: string): Promise<string | undefined> {
    const buyer = PRODUCERS[producer];
    const provider = draw(this.#stream, this.reputation().choice[producer]);
    const [seller, skill] = Object.entries(PROVIDERS)[provider];
    const number = this.asked.reduce((sum, count) => sum + count, 0) + 1;
    this.asked[provider]++;
    const price = `price ${number}`;
    const { hash, secret } = this.#secret(`request ${number}`);
    await this.#lockFunds(buyer, price, seller, hash, PRICE);
    if (this.#stream.uniform() >= skill) {
      await this.perform({ do: 'wait', seconds: 2 * DEADLINE_S });
      await this.perform({ by: buyer, do: 'refund', lock: price });
      this.#tell(`${buyer} asked ${seller}, who sent nothing; the price went back`);
      return undefined;
    }
    this.answered[provider]++;
    const item = `work ${number}`;
    const image = paintPrompt(prompt, this.seed);
    const bytes = await this.#codec.png(image);
    const hashes = perceptualHashes(greyOf(image));
    await this.register(seller, { item, prompt, file: `work-${number}.png`, bytes, hashes, image });
    await this.perform({ by: seller, do: 'lock-item', lock: item, item, to: buyer, hash, for: DEADLINE_S });
    await this.perform({ by: buyer, do: 'claim', lock: item, secret });
    await this.perform({ by: seller, do: 'claim', lock: price, secret });
    this.#tell(`${buyer} asked ${seller} for "${prompt}" and got ${item} for ${PRICE} wei`);
    return item;
  }

  /** Locks both sides of a sale to the collector. @returns what opens them */
  async offer(item: string, seller: string): Promise<{ price: string; work: string; secret: Hex }> {
    const number = ++this.#offers;
    const [price, work] = [`resale ${number}`, `resold ${number}`];
    const { hash, secret } = this.#secret(price);
    await this.#lockFunds(COLLECTOR, price, seller, hash, RESALE);
    await this.perform({
      by: seller,
      do: 'lock-item',
      lock: work,
      item,
      to: COLLECTOR,
      hash,
      for: DEADLINE_S,
    });
    this.#tell(`${seller} offers ${item} to ${COLLECTOR} for ${RESALE} wei; both are locked`);
    return { price, work, secret };
  }

  /** The collector buys a work. */
  async sell(item: string, seller: string): Promise<void> {
    const { price, work, secret } = await this.offer(item, seller);
    await this.perform({ by: COLLECTOR, do: 'claim', lock: work, secret });
    await this.perform({ by: seller, do: 'claim', lock: price, secret });
    this.#tell(`${COLLECTOR} bought ${item} from ${seller} for ${RESALE} wei`);
  }

  /** Somebody registers a JPEG of a work as their own. @returns its name */
  async copy(item: string): Promise<string> {
    const { image, prompt } = this.works.get(item) ?? {};
    if (image === undefined || prompt === undefined) throw new InternalError(`${item} is no painted work`);
    const { bytes, image: shown } = await this.#codec.jpeg(image);
    const number = [...this.works.keys()].filter((name) => name.startsWith('copy')).length + 1;
    const name = number === 1 ? 'copy' : `copy ${number}`;
    const file = `${name.replace(' ', '-')}.jpg`;
    await this.register(COPIER, { item: name, prompt, file, bytes, hashes: perceptualHashes(shown) });
    this.#tell(`${COPIER} registered a JPEG of ${item} as a work of her own`);
    return name;
  }

  /** The owner of a work challenges a later one. @returns bits between them, and whether it was struck */
  async challenge(original: string, copy: string, by: string): Promise<{ bits: number; struck: boolean }> {
    await this.perform({ by, do: 'challenge', original, copy, value: String(DEPOSIT) });
    const bits = copyDistance(this.works.get(original)!.hashes, this.works.get(copy)!.hashes);
    const struck = !(await this.run.state()).items[copy].live;
    const outcome = struck ? 'it is struck, the deposit is back' : 'it stands, the deposit is lost';
    this.#tell(`${by} challenged ${copy}: ${bits} bits differ, at most ${TAU} do in a copy; ${outcome}`);
    return { bits, struck };
  }

  async register(by: string, work: Work): Promise<void> {
    const hashes = work.hashes.map((hash) => hash.toString(16));
    await this.perform({ by, do: 'register', item: work.item, sha256: sha256(work.bytes), hashes });
    this.works.set(work.item, work);
  }

  /** What producers think of providers, from the events on the chain and nothing else. */
  reputation(): ReputationSolution {
    const buyers = new Map(PRODUCERS.map((name, index) => [addressOfName(name), index]));
    const sellers = new Map(Object.keys(PROVIDERS).map((name, index) => [addressOfName(name), index]));
    const payments = paymentsOf(ledgerOf(this.run.chain.events), (id) => this.#funds.has(id));
    const requests = payments.flatMap(({ from, to, ok }) => {
      const [producer, provider] = [buyers.get(from), sellers.get(to)];
      return producer === undefined || provider === undefined ? [] : [{ producer, provider, ok }];
    });
    // a round is as many requests as there are producers
    const roundOf = (request: number): number => Math.floor(request / PRODUCERS.length);
    const interactions: Interaction[] = requests.map((request, k) => ({
      ...request,
      at: roundOf(k),
      value: Number(PRICE),
    }));
    return solveReputation({
      now: roundOf(requests.length),
      producers: buyers.size,
      providers: sellers.size,
      parameters: REPUTATION_DEFAULTS,
      interactions,
    });
  }

  async result(): Promise<LifecycleResult> {
    const state = await this.run.state();
    return { actions: this.receipts, ...state, stateRoot: await this.run.chain.stateRoot() };
  }

  /** Performs an action as scripts write it. @throws InternalError the chain refuses it */
  async perform(written: Action): Promise<void> {
    const { actions } = parseLifecycleScript({ ...this.#base, actions: [written] });
    const sent = await this.run.perform(actions[0]);
    if (sent !== null && !sent.receipt.ok) {
      throw new InternalError(`the chain refuses to ${written.do}: ${sent.receipt.revert}`);
    }
    this.actions.push(written);
    this.receipts.push(sent?.receipt ?? null);
  }

  async #lockFunds(by: string, lock: string, to: string, hash: Hex, value: bigint): Promise<void> {
    this.#funds.add(lockId(lock));
    const seconds = 2 * DEADLINE_S;
    await this.perform({ by, do: 'lock-funds', lock, to, hash, for: seconds, value: String(value) });
  }

  #secret(of: string): { secret: Hex; hash: Hex } {
    const secret = sha256(stringToBytes(`secret ${this.seed} ${of}`));
    return { secret, hash: sha256(secret) };
  }

  #tell(what: string): void {
    this.steps.push({ what, time: this.run.chain.time });
  }
}

function draw(stream: RandomStream, probabilities: readonly number[]): number {
  let left = stream.uniform();
  const last = probabilities.length - 1;
  for (let k = 0; k < last; k++) {
    left -= probabilities[k];
    if (left < 0) return k;
  }
  return last;
}
