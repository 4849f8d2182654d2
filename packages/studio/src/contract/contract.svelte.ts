import {
  CONTRACT_METHODS,
  contractActionSpace,
  contractFeatures,
  menuOfAction,
  modelOf,
  observationOf,
  scoreMenu,
  solveContract,
  type ContractHead,
  type ContractInstance,
  type ContractSolution,
} from '@metalore/core/contract';
import { InvalidInputError } from '@metalore/core/errors';
import { RandomStream } from '@metalore/core/random';
import {
  createActor,
  encodeInto,
  ForwardChain,
  parsePolicyDocument,
  type PolicyDocument,
} from '@metalore/learn/policy-file';
import { plainError, type PlainError } from '../shared/problem.js';
import { startValues } from '../shared/settings.js';

/** What the sliders set; the rest has the values of `scenarios/contract-reference.yaml`. */
export const STATE = [
  { key: 'snrPerWattDb', label: 'SNR per W', unit: 'dB', min: 10, max: 25, step: 0.5, start: 18 },
  { key: 'unusableShare', label: 'Unusable share', unit: '', min: 0, max: 0.1, step: 0.005, start: 0.05 },
  { key: 'scale', label: 'What data is worth', unit: '', min: 3, max: 8, step: 0.1, start: 6 },
] as const;

const TYPES = 4;
export const EFFICIENCIES = [0.7, 1, 1.4, 1.9];
export const WEIGHTS = [2, 3, 3, 2];
/** Least distance of two efficiencies that the sliders leave. */
const APART = 0.02;

/** The Contract view: a state, menus for it, and a trained policy if one was opened. */
export class ContractState {
  values = $state(startValues(STATE));
  efficiency = $state([...EFFICIENCIES]);
  /** Shares of the types before they are scaled to 1. */
  weight = $state([...WEIGHTS]);
  /** Whose menu is drawn. */
  shown = $state<string>('optimal');
  policy = $state.raw<PolicyDocument>();
  error = $state.raw<PlainError>();

  readonly instance = $derived.by((): ContractInstance => {
    const { snrPerWattDb, unusableShare, scale } = this.values;
    const sum = this.weight.reduce((total, weight) => total + weight, 0);
    return {
      link: { snrPerWattDb, bandwidthMhz: 1, roundS: 1 },
      cost: { perJoule: 4, perMbit: 0.15 },
      value: { scale, unusableShare },
      threshold: 0.2,
      types: this.efficiency.map((efficiency, k) => ({ efficiency, share: this.weight[k] / sum })),
      maxMbit: 6,
      maxPayment: 12,
    };
  });
  readonly model = $derived(modelOf(this.instance));
  readonly solutions = $derived.by((): ContractSolution[] => [
    ...CONTRACT_METHODS.map((method) => solveContract(this.instance, method)),
    ...(this.policy === undefined ? [] : [this.#byPolicy(this.policy)]),
  ]);
  readonly solution = $derived(
    this.solutions.find(({ method }) => method === this.shown) ?? this.solutions[0],
  );
  /** Menus of x_N … x_0 of a chain, for its trail. */
  readonly trail = $derived.by(() => {
    const { policy, instance } = this;
    if (policy?.model.kind !== 'diffusion' || this.shown !== policy.name) return [];
    const chain = new ForwardChain(policy.model);
    encodeInto(policy.model.encoding, chain.condition)(observationOf(instance), 0);
    const head = headOf(policy);
    const { high } = contractActionSpace(TYPES, head, instance);
    const menus: ReturnType<typeof menuOfAction>[] = [];
    chain.run(new RandomStream(1, 'trail'), (x) => {
      const action = Array.from(x, (value, d) => (high[d] * (1 + Math.max(-1, Math.min(1, value)))) / 2);
      menus.push(menuOfAction(instance, head, action));
    });
    return menus;
  });

  setEfficiency(type: number, value: number): void {
    const next = [...this.efficiency];
    next[type] = value;
    for (let k = type + 1; k < TYPES; k++) next[k] = Math.max(next[k], next[k - 1] + APART);
    for (let k = type - 1; k >= 0; k--) next[k] = Math.min(next[k], next[k + 1] - APART);
    this.efficiency = next;
  }

  setWeight(type: number, value: number): void {
    this.weight = this.weight.map((weight, k) => (k === type ? value : weight));
  }

  /** Opens the `policy.json` of a `metalore train contract` for four types. */
  async open(file: File): Promise<void> {
    try {
      const document = parsePolicyDocument(JSON.parse(await file.text()) as unknown, file.name);
      if (document.features.join() !== contractFeatures(TYPES).join() || 'n' in document.actions) {
        const message = `observes ${document.features.length} numbers; expected a policy of metalore train contract for ${TYPES} types`;
        throw new InvalidInputError(file.name, [{ path: 'features', message }]);
      }
      this.policy = document;
      this.shown = document.name;
      this.error = undefined;
    } catch (error) {
      this.error = plainError(error);
    }
  }

  #byPolicy(policy: PolicyDocument): ContractSolution {
    const action = new Float64Array(policy.actions.names.length);
    const start = performance.now();
    createActor(policy).act(observationOf(this.instance), 0, action, 0);
    const seconds = (performance.now() - start) / 1e3;
    return scoreMenu(
      this.instance,
      menuOfAction(this.instance, headOf(policy), action),
      policy.name,
      seconds,
    );
  }
}

function headOf({ actions }: PolicyDocument): ContractHead {
  return actions.names.length === TYPES ? 'structured' : 'raw';
}
