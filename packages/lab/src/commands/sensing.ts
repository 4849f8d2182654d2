import { InvalidInputError } from '@metalore/core/errors';
import { antennaChoices, parseSensingInstance, scans, sense, sensingMethods } from '@metalore/core/sensing';
import type { SensingInstance, SensingSolution } from '@metalore/core/sensing';
import type { Command } from 'commander';
import { loadInput } from '../io/load-input.js';
import { checkOutputFolder } from '../io/output-folder.js';
import { print, printJson, renderTable } from '../terminal/output.js';
import { choiceOption, collect, integerOption } from './options.js';
import { registerSensingModels } from './sensing-models.js';

interface SensingOptions {
  method: string;
  scan?: string;
  antennas?: string;
  smoothing?: string;
  seed: string;
  set: string[];
  json?: true;
  out?: string;
}

/** What a method starts with that is a trained generator. */
const SSG = 'ssg:';

/** `metalore sensing`: where signals come from (paper 002, first of its four papers, section IV). */
export function registerSensing(program: Command): void {
  const command = program
    .command('sensing')
    .enablePositionalOptions()
    .description(
      'Directions of signals at an array of few antennas, by classical methods or a spectrum generator',
    )
    .argument(
      '<instance>',
      'sources and an array, or a measured covariance (YAML or JSON), or an example: sensing',
    )
    .option('--method <name>', `${sensingMethods.join(', ')}, or ssg:DIR of metalore sensing train`, 'music')
    .option('--scan <name>', `model of the wave in the scan: ${scans.join(', ')} (default: exact)`)
    .option('--antennas <list>', 'odd, middle, all, or numbers from 1: 1,3,5 (default: all)')
    .option('--smoothing <n>', 'average subarrays of n antennas, for coherent sources; with --scan far')
    .option('--seed <n>', 'of the spectrum that ssg draws', '1')
    .option('--set <path=value>', 'change a field of the instance; repeatable', collect, [])
    .option('--json', 'print one JSON object')
    .option('--out <dir>', 'write the result, the spectrum as a figure and a manifest to a folder')
    .addHelpText(
      'after',
      `
Examples:
  metalore sensing sensing                                    # three sources, nine antennas
  metalore sensing sensing --antennas odd --scan fresnel      # a wavelength apart: ghosts
  metalore sensing sensing --antennas odd --method ml --json
  metalore sensing sensing --set snapshots=20 --out runs/sense
  metalore sensing train --out runs/ssg && metalore sensing sensing --method ssg:runs/ssg`,
    )
    .action(sensing);
  registerSensingModels(command);
}

async function sensing(input: string, options: SensingOptions): Promise<void> {
  const startedAt = new Date();
  if (options.out !== undefined) await checkOutputFolder(options.out);
  const { document, what } = loadInput('sensing', input, options.set);
  const instance = parseSensingInstance(document, what);
  const { solve, draw } = options.method.startsWith(SSG)
    ? await generated(instance, options)
    : { solve: classical(instance, options), draw: undefined };
  const begun = performance.now();
  const solution = solve();
  const seconds = (performance.now() - begun) / 1e3;
  if (options.out !== undefined) {
    const { writeSensingResult } = await import('../sensing/write.js');
    const generation = await draw?.();
    await writeSensingResult(options.out, instance, solution, { input, startedAt, generation });
  }
  if (options.json) printJson({ ...solution, seconds });
  else printSolution(input, solution);
}

function classical(instance: SensingInstance, options: SensingOptions): () => SensingSolution {
  const { smoothing } = options;
  const all = {
    method: choiceOption('--method', options.method, sensingMethods),
    scan: choiceOption('--scan', options.scan ?? 'exact', scans),
    antennas: antennasOf(options.antennas ?? 'all', instance),
    ...(smoothing !== undefined && { smoothing: integerOption('--smoothing', smoothing, 2) }),
  };
  return () => sense(instance, all);
}

/** By a trained generator, which says itself how it observes; its antennas are found by their places. */
async function generated(
  instance: SensingInstance,
  { method, scan, antennas, smoothing, seed }: SensingOptions,
): Promise<{ solve: () => SensingSolution; draw: () => Promise<string | undefined> }> {
  const { readSpectrumModel } = await import('../sensing/generator/document.js');
  const { antennasOfModel, senseByGenerator } = await import('@metalore/learn/sensing');
  const model = readSpectrumModel(method.slice(SSG.length));
  const refuse = (path: string, message: string): never => {
    throw new InvalidInputError('option', [{ path, message }]);
  };
  if (scan !== undefined && scan !== model.training.scan) {
    refuse('--scan', `${scan} is not what the generator was trained on: ${model.training.scan}`);
  }
  if (smoothing !== undefined) refuse('--smoothing', 'belongs to classical methods');
  const found = antennas === undefined ? antennasOfModel(instance.positions, model) : undefined;
  const chosen = found ?? antennasOf(antennas ?? 'all', instance);
  const sample = integerOption('--seed', seed, 0);
  return {
    solve: () => senseByGenerator(instance, chosen, model, sample),
    draw: async () => {
      const { generationFigure } = await import('../sensing/generation-figure.js');
      return generationFigure(instance, chosen, model, sample);
    },
  };
}

/** Numbers of antennas from 0. */
function antennasOf(text: string, { positions }: SensingInstance): number[] {
  if (text === 'all') return positions.map((_, k) => k);
  if (Object.hasOwn(antennaChoices, text) && positions.length === 9) return [...antennaChoices[text]];
  const numbers = text.split(',').map(Number);
  const isGood = numbers.every(
    (k, at) => Number.isInteger(k) && k >= 1 && k <= positions.length && numbers.indexOf(k) === at,
  );
  if (isGood) return numbers.map((k) => k - 1);
  throw new InvalidInputError('option', [
    {
      path: '--antennas',
      message: `"${text}" is not accepted; accepted: all, different numbers from 1 to ${positions.length}${positions.length === 9 ? ', odd, middle' : ''}`,
    },
  ]);
}

function printSolution(
  input: string,
  { method, scan, estimates, truth, errorsDeg, crbDeg }: SensingSolution,
): void {
  print(`${input}: ${estimates.length} directions by ${method}, scan ${scan}\n`);
  print(
    renderTable(
      ['direction, °', 'range, wavelengths', 'peak'],
      estimates.map(({ thetaDeg, rangeLambda, peak }) => [
        thetaDeg.toFixed(3),
        rangeLambda?.toFixed(3) ?? '',
        peak.toFixed(3),
      ]),
    ),
  );
  if (truth === undefined || errorsDeg === undefined) return;
  print(
    `\n${renderTable(
      ['source at, °', 'error, °', 'Cramér-Rao bound, °'],
      truth.map((theta, k) => [
        theta.toFixed(3),
        errorsDeg[k]?.toFixed(4) ?? 'not found',
        crbDeg?.[k]?.toFixed(4) ?? '',
      ]),
    )}`,
  );
}
