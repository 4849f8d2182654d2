import {
  capacityFree,
  createMarket,
  drawInstance,
  providerPolicies,
  relax,
  type ProviderPolicy,
} from '@metalore/core/provider';
import { learnedProviderPolicy, parsePolicyDocument, type PolicyDocument } from '@metalore/learn/policy-file';
import { plainError, type PlainError } from '../shared/problem.js';
import { startValues } from '../shared/settings.js';
import { Player } from './player.js';

/** What the sliders set. */
export const WORLD = [
  { key: 'providers', label: 'Providers', min: 2, max: 20, step: 1, start: 8 },
  { key: 'tasks', label: 'Tasks', min: 20, max: 300, step: 10, start: 120 },
  { key: 'load', label: 'Load', min: 0.5, max: 6, step: 0.5, start: 2 },
] as const;

/** Hours in which 1,000 tasks come at load 1 (paper 002, second paper, V-B). */
const HOURS_PER_TASK = 0.288;
/** Providers of the paper's scenario: the load is per provider. */
const PAPER_PROVIDERS = 20;
export const YOU = 'you';
const RULES = providerPolicies.names();

/** The Providers view: one stream of tasks, played by two. */
export class ProvidersState {
  values = $state(startValues(WORLD));
  seed = $state(1);
  capacities = $state<'paper' | 'code'>('code');
  /** Who plays on the left and on the right. */
  sides = $state<[string, string]>([YOU, 'prophet']);
  policy = $state.raw<PolicyDocument>();
  error = $state.raw<PlainError>();
  /** Counts decisions, so that what is drawn follows. */
  version = $state(0);
  playing = $state(false);
  players: [Player, Player];

  /** Options of the world as the command line takes them. */
  readonly options = $derived.by(() => {
    const { providers, tasks, load } = this.values;
    const hours = Number(((tasks * HOURS_PER_TASK * PAPER_PROVIDERS) / providers).toFixed(3));
    return { seed: this.seed, providers, tasks, hours, capacities: this.capacities, load };
  });
  readonly instance = $derived(drawInstance(this.options));
  /** What no crash-free plan, and what no plan at all, exceeds. */
  readonly bound = $derived.by(() => {
    const market = createMarket(this.instance);
    return { crashFree: relax(market).upper, capacityFree: capacityFree(market) };
  });
  readonly names = $derived([YOU, ...RULES, ...(this.policy === undefined ? [] : [this.policy.name])]);

  constructor() {
    this.players = this.#deal();
  }

  #deal(): [Player, Player] {
    const [left, right] = this.sides;
    return [
      new Player(this.instance, this.#policyOf(left)),
      new Player(this.instance, this.#policyOf(right)),
    ];
  }

  #policyOf(name: string): ProviderPolicy | undefined {
    if (name === YOU) return undefined;
    if (RULES.includes(name)) return providerPolicies.get(name)();
    return learnedProviderPolicy(this.policy!, this.instance.providers.length);
  }

  /** Whether a person has to decide before the game goes on. */
  get waits(): boolean {
    return this.sides.includes(YOU);
  }

  get done(): boolean {
    return this.players[0].simulator.done;
  }

  /** Begins the stream anew. */
  restart(): void {
    try {
      this.players = this.#deal();
      this.error = undefined;
    } catch (error) {
      this.error = plainError(error);
      this.sides = [YOU, 'prophet'];
      this.players = this.#deal();
    }
    this.playing = false;
    this.version++;
  }

  /** One task: both sides decide. @param provider what a person chose */
  step(provider = 0): void {
    for (const player of this.players) player.decide(provider);
    if (this.done) this.playing = false;
    this.version++;
  }

  /** Opens the `policy.json` of a `metalore train provider`. */
  async open(file: File): Promise<void> {
    try {
      const document = parsePolicyDocument(JSON.parse(await file.text()) as unknown, file.name);
      learnedProviderPolicy(document, this.instance.providers.length, file.name);
      this.policy = document;
      this.sides = [this.sides[0], document.name];
      this.restart();
    } catch (error) {
      this.error = plainError(error);
    }
  }
}
