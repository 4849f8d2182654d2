import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { InvalidInputError } from '@metalore/core/errors';
import { scenarioJsonSchema } from '@metalore/core/scenario';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { readDocument, readText } from '../io/documents.js';
import { makeFolder } from '../io/output-folder.js';
import { inputFile, presetNames } from '../io/load-input.js';
import { loadScenario } from '../submetaverse/scenario-files.js';
import type { ScenarioOptions } from '../submetaverse/scenario-files.js';
import { print, printJson, renderTable } from '../terminal/output.js';
import { addModuleOption, collect } from './options.js';

interface JsonOption {
  json?: true;
}

/** `metalore scenario …`: what scenarios there are, what one says in full, whether one is right, and a first one. */
export function registerScenario(program: Command): void {
  const scenario = program.command('scenario').description('List, show, check and begin scenarios');
  scenario.command('list').description('The presets').option('--json', 'print one JSON object').action(list);
  const shown = scenario
    .command('show')
    .description('A scenario in full, with every default')
    .argument('<scenario>', 'a preset or a file')
    .option('--set <path=value>', 'change a field; may be repeated', collect, [])
    .option('--json', 'print it as JSON')
    .action(show);
  const checked = scenario
    .command('check')
    .description('Whether a scenario is right; all mistakes at once')
    .argument('<scenario>', 'a preset or a file')
    .option('--set <path=value>', 'change a field; may be repeated', collect, [])
    .option('--json', 'print one JSON object')
    .action(check);
  scenario
    .command('init')
    .description('Begin a scenario of your own: a file to edit and the schema that editors complete from')
    .argument('[file]', 'the file to write', 'scenario.yaml')
    .option('--from <preset>', 'what to begin with', 'paper')
    .option('--json', 'print one JSON object')
    .action(init);
  const described = scenario
    .command('schema')
    .description('The JSON Schema of scenario files')
    .option('--out <file>', 'write it to a file')
    .action(schema);
  for (const command of [shown, checked, described]) addModuleOption(command);
}

function list(options: JsonOption): void {
  const presets = presetNames('submetaverse').map((name) => {
    const { scenario } = loadScenario(name);
    const { cells, ues, sensors, episodeSteps, description } = scenario;
    return { name, description, cells: cells.length, ues: ues.count, sensors: sensors.count, episodeSteps };
  });
  if (options.json) {
    printJson({ presets });
    return;
  }
  print(
    renderTable(
      ['preset', 'cells', 'UEs', 'sensors', 'steps', 'what'],
      presets.map((preset) => [
        preset.name,
        preset.cells,
        preset.ues,
        preset.sensors,
        preset.episodeSteps,
        preset.description,
      ]),
    ),
  );
}

function show(name: string, options: ScenarioOptions & JsonOption): void {
  const { scenario } = loadScenario(name, options);
  if (options.json) printJson(scenario);
  else print(stringify(scenario).trim());
}

function check(name: string, options: ScenarioOptions & JsonOption): void {
  const { scenario } = loadScenario(name, options);
  if (options.json) printJson({ valid: true, scenario: scenario.name });
  else
    print(
      `${name} is right: ${scenario.cells.length} cells, ${scenario.ues.count} UEs, ${scenario.sensors.count} sensors`,
    );
}

const SCHEMA_FILE = 'metalore-scenario.schema.json';

async function init(file: string, options: { from: string } & JsonOption): Promise<void> {
  const source = inputFile('submetaverse', options.from);
  readDocument(source); // says what is wrong with it before anything is written
  if (existsSync(file)) throw new InvalidInputError('scenario', [{ path: file, message: 'exists already' }]);
  const folder = path.dirname(path.resolve(file));
  await makeFolder(folder);
  const schemaFile = path.join(folder, SCHEMA_FILE);
  await writeSchema(schemaFile);
  await writeFile(file, `# yaml-language-server: $schema=./${SCHEMA_FILE}\n${readText(source)}`);
  if (options.json) printJson({ file, schema: schemaFile });
  else print(`Wrote ${file} and ${path.relative('.', schemaFile)}. Edit it, then: metalore simulate ${file}`);
}

async function schema(options: { out?: string }): Promise<void> {
  if (options.out === undefined) printJson(scenarioJsonSchema());
  else await writeSchema(options.out);
}

function writeSchema(file: string): Promise<void> {
  return writeFile(file, `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`);
}
