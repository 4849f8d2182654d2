import type { LifecycleAction, LifecycleScript } from '@metalore/core/lifecycle';
import { decodeFunctionResult, encodeFunctionData } from 'viem';
import { REGISTRY_ABI, SWAP_ABI } from './artefacts.js';
import { Chain, REGISTRY, SWAP, type ContractCode, type Receipt } from './chain.js';
import { addressOfName, lockId, type Hex } from './keys.js';
import { messageOf, type Message } from './messages.js';

/** What `metalore lifecycle` prints for a `kind: lifecycle` script. */
export interface LifecycleResult {
  /** One per action; null for `wait`. */
  readonly actions: readonly (Receipt | null)[];
  /** Registered works by name; who locked a work owns it until the lock ends. */
  readonly items: Readonly<Record<string, { owner: string; live: boolean; locked: boolean }>>;
  readonly locks: Readonly<Record<string, 'locked' | 'claimed' | 'refunded'>>;
  /** Wei by account, without what is locked. */
  readonly balances: Readonly<Record<string, string>>;
  readonly stateRoot: Hex;
}

/** A message that was mined, and by whom and when. */
export interface SentMessage extends Message {
  readonly by: string;
  readonly time: number;
  readonly receipt: Receipt;
}

const LOCK_STATES = ['none', 'locked', 'claimed', 'refunded'] as const;

/** A script on a fresh chain, performed action by action, an action a block. */
export class ScriptRun {
  readonly chain: Chain;
  readonly #script: Pick<LifecycleScript, 'accounts'>;
  readonly #names: ReadonlyMap<Hex, string>;
  /** SHA-256 of every registered work by its name. */
  readonly #works = new Map<string, Hex>();
  readonly #locks: string[] = [];

  private constructor(chain: Chain, script: Pick<LifecycleScript, 'accounts'>) {
    this.chain = chain;
    this.#script = script;
    this.#names = new Map(Object.keys(script.accounts).map((name) => [addressOfName(name), name]));
  }

  /** @param code of the contracts; default that of the committed artefacts */
  static async start(script: Omit<LifecycleScript, 'actions'>, code?: ContractCode): Promise<ScriptRun> {
    const balances = Object.entries(script.accounts).map(
      ([name, balance]) => [addressOfName(name), balance] as const,
    );
    return new ScriptRun(await Chain.create(script, new Map(balances), code), script);
  }

  /** @returns null for `wait`, which mines nothing */
  async perform(action: LifecycleAction): Promise<SentMessage | null> {
    if (action.do === 'wait') {
      this.chain.wait(action.seconds);
      return null;
    }
    const message = messageOf(action, this.#works);
    const receipt = await this.chain.send(addressOfName(action.by), message.to, message.data, message.value);
    if (receipt.ok) {
      if (action.do === 'register' || action.do === 'reveal') this.#works.set(action.item, action.sha256);
      if (action.do === 'lock-funds' || action.do === 'lock-item') this.#locks.push(action.lock);
    }
    return { ...message, by: action.by, time: this.chain.time, receipt };
  }

  /** What the contracts hold now. */
  async state(): Promise<Omit<LifecycleResult, 'actions' | 'stateRoot'>> {
    return { items: await this.#items(), locks: await this.#lockStates(), balances: await this.#balances() };
  }

  async #items(): Promise<LifecycleResult['items']> {
    const items: Record<string, { owner: string; live: boolean; locked: boolean }> = {};
    for (const [name, work] of this.#works) {
      const call = { abi: REGISTRY_ABI, functionName: 'read' } as const;
      const data = await this.chain.call(REGISTRY, encodeFunctionData({ ...call, args: [work] }));
      const [owner, live, locked] = decodeFunctionResult({ ...call, data });
      items[name] = { owner: this.#names.get(owner.toLowerCase() as Hex) ?? owner, live, locked };
    }
    return items;
  }

  async #lockStates(): Promise<LifecycleResult['locks']> {
    const locks: Record<string, 'locked' | 'claimed' | 'refunded'> = {};
    for (const name of this.#locks) {
      const call = { abi: SWAP_ABI, functionName: 'stateOf' } as const;
      const data = await this.chain.call(SWAP, encodeFunctionData({ ...call, args: [lockId(name)] }));
      locks[name] = LOCK_STATES[decodeFunctionResult({ ...call, data })] as 'locked';
    }
    return locks;
  }

  async #balances(): Promise<Record<string, string>> {
    const balances: Record<string, string> = {};
    for (const name of Object.keys(this.#script.accounts)) {
      balances[name] = String(await this.chain.balance(addressOfName(name)));
    }
    return balances;
  }
}

/**
 * Runs a script on a fresh chain.
 *
 * @param options what it is watched by and runs on
 * @param options.onMessage told every message as it was mined
 * @param options.code of the contracts; default that of the committed artefacts
 */
export async function runLifecycle(
  script: LifecycleScript,
  { onMessage, code }: { onMessage?: (message: SentMessage) => void; code?: ContractCode } = {},
): Promise<LifecycleResult> {
  const run = await ScriptRun.start(script, code);
  const actions: (Receipt | null)[] = [];
  for (const action of script.actions) {
    const message = await run.perform(action);
    actions.push(message?.receipt ?? null);
    if (message) onMessage?.(message);
  }
  return { actions, ...(await run.state()), stateRoot: await run.chain.stateRoot() };
}
