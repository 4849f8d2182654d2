import { mechanisms, parseAuctionInstance, runAuction } from '@metalore/core/auction';
import { parseContractInstance, solveContract } from '@metalore/core/contract';
import { parseLifecycleScript, parseReputationInstance, solveReputation } from '@metalore/core/lifecycle';
import { parsePartitionInstance, solvePartition } from '@metalore/core/partition';
import { parsePolicy } from '@metalore/core/policy';
import { drawInstance as drawProviders } from '@metalore/core/provider';
import type { RandomStream } from '@metalore/core/random';
import { parseScenario } from '@metalore/core/scenario';
import { parseSensingInstance, sense } from '@metalore/core/sensing';
import { parseServingScenario } from '@metalore/core/serving';
import { simulate } from '@metalore/core/submetaverse';
import { drawInstance, parseInstance, solveAlternating, solveOptimal } from '@metalore/core/urllc';
import { parseText } from 'metalore/documents';
import { exportOnnx, plainProgram, readOnnx, withExternalData } from '@metalore/learn/onnx';
import { parsePolicyDocument } from '@metalore/learn/policy-file';
import { parseConfig, readMessage } from '@metalore/live';
import { mutate, mutateBytes, mutateText, pick } from './mutate.js';
import { documentOf, messageOf, textOf, withoutKind } from './seeds.js';

/** An entrance that strangers' input comes through. */
export interface Target {
  readonly name: string;
  /** An input that is wrong in some way, or unusual; the same for the same random numbers. */
  readonly make: (random: RandomStream) => unknown;
  /** Takes the input. @returns numbers and texts that it comes to: none may be NaN or infinite */
  readonly run: (input: unknown) => unknown;
}

const ONNX = exportOnnx(parsePolicyDocument(documentOf('policy'), 'policy'));

/** Steps and devices that are simulated of what was accepted: a large scenario is no fault. */
const STEPS = 20;
const MOST_DEVICES = 200;
const MOST_CELLS = 2000;

export const TARGETS: readonly Target[] = [
  documents('scenario', ['paper', 'dynamic', 'multicell', 'dense'], (input) => {
    const scenario = parseScenario(input);
    const devices = scenario.ues.count + scenario.sensors.count;
    // A schedule may bring more of them.
    const isLarge =
      devices * scenario.cells.length > MOST_DEVICES || /\d{4}/.test(JSON.stringify(scenario.schedule ?? {}));
    if (isLarge || usesTraces(scenario)) return [];
    const { episodes } = simulate({ ...scenario, episodeSteps: STEPS }, parsePolicy('fixed:0.5,0.5'), {
      seed: 1,
    });
    // Means over nothing are NaN by definition.
    const { aosi: _aosi, aori: _aori, served: _served, ...rest } = episodes;
    return rest;
  }),
  documents('urllc', ['urllc-m6', 'urllc-unequal'], (input) => {
    const content = withoutKind(input) as { ue?: unknown } | null;
    const instance = content?.ue === undefined ? drawInstance(content) : parseInstance(content);
    if (instance.ue.length > 12) return [];
    return [solveAlternating(instance), solveOptimal(instance)];
  }),
  documents('partition', ['city'], (input) => {
    const instance = parsePartitionInstance(input);
    const { columns, rows } = instance.grid;
    if (columns * rows > MOST_CELLS || instance.twins.length > MOST_DEVICES) return [];
    // What a cycle swings between may be an overload: infinite, as its docs say.
    const { cycle: _cycle, ...solution } = solvePartition(instance, { lowerBound: false });
    return solution;
  }),
  documents('contract', ['contract-reference'], (input) => {
    const instance = parseContractInstance(input);
    return instance.types.length > 40 ? [] : solveContract(instance).menu;
  }),
  documents('provider', ['provider', 'provider-crash-pays'], (input) => {
    const { tasks, providers } = drawProviders(input);
    return [tasks.length, providers];
  }),
  documents('auction', ['auction'], (input) => {
    const instance = parseAuctionInstance(input);
    return runAuction(instance, mechanisms[2]);
  }),
  documents('serving', ['edge-models'], (input) => parseServingScenario(input)),
  documents('lifecycle', ['lifecycle'], (input) => parseLifecycleScript(input)),
  documents('reputation', ['reputation'], (input) => solveReputation(parseReputationInstance(input))),
  documents('sensing', ['sensing'], (input) => {
    const instance = parseSensingInstance(input);
    return instance.positions.length > 24 ? [] : sense(instance);
  }),
  documents('policy document', ['policy'], (input) => parsePolicyDocument(input, 'policy').name),
  documents('live configuration', ['live'], (input) => parseConfig(input, 'live.yaml')),
  {
    name: 'document text',
    make: (random) => mutateText(textOf(pick(random, ['paper', 'urllc-m6', 'city'])), random),
    run: (input) => {
      parseText(input as string, 'input.yaml');
    },
  },
  {
    name: 'policy',
    make: (random) =>
      mutateText(
        pick(random, ['fixed:0.3,0.4', 'random', 'max-weight:2', 'age-aware:0.02', 'queue-proportional']),
        random,
      ),
    run: (input) => parsePolicy(input as string).name,
  },
  {
    name: 'live message',
    make: (random) => [
      mutateText(
        pick(random, ['things/a:b/state', 'things/a:b/senml', 'things/a:b/ditto', 'requests/ue']),
        random,
      ),
      mutateText(messageOf(random), random),
    ],
    run: (input) => {
      const [topic, payload] = input as [string, string];
      return readMessage(topic, Buffer.from(payload), 1_800_000_000_000);
    },
  },
  {
    name: 'ONNX',
    make: (random) => mutateBytes(ONNX, random),
    run: (input) => {
      const bytes = withExternalData(input as Uint8Array, 'x.onnx', () => new Uint8Array(64));
      const program = plainProgram(readOnnx(bytes, 'x.onnx'), [1, 2]);
      if (program === undefined) return; // ONNX Runtime's
      const actor = program.actor(program.outputs[0].name);
      actor.input.set([1, 2]);
      actor.run();
    },
  },
];

function documents(name: string, presets: readonly string[], run: Target['run']): Target {
  return { name, make: (random) => mutate(documentOf(pick(random, presets)), random), run };
}

function usesTraces({ ues, sensors }: ReturnType<typeof parseScenario>): boolean {
  return [ues, sensors].some(
    ({ mobility, arrivals }) => mobility.model === 'trace' || arrivals.model === 'trace',
  );
}
