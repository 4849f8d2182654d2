// npm run check:packages [-- --full]: do the packages work where they are installed from their tarballs, outside this checkout?
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { cpSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readExample } from './examples.mjs';
import { root } from './setup.mjs';

const HELP = `npm run check:packages [-- --full]

Packs every package that is to be published, installs them in an empty project, and runs there: the command, an episode, a library
program, a strict type check without skipLibCheck. What the packages depend on is linked from this checkout.
  --full  installs from the registry instead, weighs it, checks that no install script runs, runs under Node 20, 22 and 24, then
          with the optional packages, and core under Bun and Deno`;

/** Most that `metalore` may weigh where it is installed, MB on the disk. */
const MOST_MB = 120;
const NODES = ['20.20.2', '22.23.3', '24.21.0'];
const PACKAGES = ['core', 'learn', 'chain', 'live', 'lab'];
/** A program of the library's two faces, and one of core alone. */
const PROGRAM = 'compare-two-policies.mjs';
const CORE_PROGRAM = 'first-simulation.mjs';

const args = process.argv.slice(2);
if (args.some((arg) => arg !== '--full')) {
  console.error(HELP);
  process.exit(args.includes('--help') ? 0 : 2);
}
const isFull = args.includes('--full');
const temporary = mkdtempSync(path.join(os.tmpdir(), 'metalore-packages-'));
process.on('exit', () => rmSync(temporary, { recursive: true, force: true }));
const project = path.join(temporary, 'project');
const modules = path.join(project, 'node_modules');
mkdirSync(modules, { recursive: true });
writeFileSync(path.join(project, 'package.json'), '{ "private": true, "type": "module" }\n');

const tarballs = pack();
const needed = ['core', 'learn', 'live', 'lab'];
if (isFull) install(needed.map((name) => tarballs[name]));
else for (const name of PACKAGES) unpack(name, name === 'chain' ? 'aside' : modules);
for (const name of PACKAGES) if (existsSync(folderOf(name))) checkContents(folderOf(name));
if (isFull) weigh();
const nodes = isFull ? NODES.map(nodeOf) : [process.execPath];
for (const node of nodes) runEverything(node);
checkTypes(needed);
if (isFull) {
  const { peerDependencies, devDependencies } = manifestOf(folderOf('lab'));
  const others = Object.keys(peerDependencies).filter((name) => !name.startsWith('@metalore/'));
  install([...Object.values(tarballs), ...others.map((name) => `${name}@${devDependencies[name]}`)]);
  for (const node of nodes) run(node, [bin(), 'lifecycle', 'lifecycle', '--json']);
  console.log('  metalore lifecycle, under each of them');
  checkTypes(PACKAGES);
  runElsewhere('bun', ['run']);
  runElsewhere('deno', ['run', '--allow-read', '--allow-env']);
}
console.log('the packages work where they are installed');

function fail(message) {
  console.error(`check:packages: ${message}`);
  process.exit(1);
}

function run(command, args, options = {}) {
  const done = spawnSync(command, args, { cwd: project, encoding: 'utf8', ...options });
  if (done.status !== 0) {
    fail(
      `${[command, ...args].join(' ')} ended with ${done.status}\n${done.stdout}${done.stderr}${done.error ?? ''}`,
    );
  }
  return done.stdout;
}

function manifestOf(folder) {
  return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
}

function folderOf(name) {
  return path.join(modules, manifestOf(path.join(root, 'packages', name)).name);
}

function bin() {
  return path.join(modules, 'metalore', 'bin', 'metalore.js');
}

/** @returns the tarballs by package */
function pack() {
  return Object.fromEntries(
    PACKAGES.map((name) => {
      const cwd = path.join(root, 'packages', name);
      const file = run('npm', ['pack', '--silent', '--pack-destination', temporary], { cwd }).trim();
      return [name, path.join(temporary, file.split('\n').at(-1))];
    }),
  );
}

function install(packages) {
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel', 'error', '--ignore-scripts'];
  run('npm', ['install', ...quiet, ...packages]);
}

/** Unpacks a package where it would be installed, and links what it depends on: what it does not name it does not find. */
function unpack(name, where) {
  const source = path.join(root, 'packages', name);
  const { name: called, dependencies } = manifestOf(source);
  const target = where === modules ? path.join(modules, called) : path.join(temporary, where, name);
  mkdirSync(target, { recursive: true });
  run('tar', ['-xzf', tarballs[name], '--strip-components=1', '-C', target]);
  if (where !== modules) return checkContents(target);
  for (const dependency of [...Object.keys(dependencies), '@types/node']) {
    if (/^(@metalore\/|metalore$)/.test(dependency)) continue;
    const real = [source, root]
      .map((folder) => path.join(folder, 'node_modules', dependency))
      .find(existsSync);
    const link = path.join(modules, dependency);
    mkdirSync(path.dirname(link), { recursive: true });
    if (!existsSync(link)) symlinkSync(realpathSync(real), link, 'dir');
  }
}

/** What a published package has to hold, and what it must not. */
function checkContents(folder) {
  const manifest = manifestOf(folder);
  const fields = [
    'description',
    'keywords',
    'license',
    'homepage',
    'repository',
    'bugs',
    'engines',
    'exports',
  ];
  for (const field of fields)
    if (!(field in manifest)) fail(`${manifest.name}: package.json has no ${field}`);
  for (const file of ['README.md', 'LICENSE']) {
    if (!existsSync(path.join(folder, file))) fail(`${manifest.name}: there is no ${file}`);
  }
  const files = readdirSync(folder, { recursive: true }).filter((file) => !file.includes('node_modules'));
  const stray = files.find((file) => /\.tsbuildinfo$|\.test\.|(^|[\\/])testing[\\/]/.test(file));
  if (stray !== undefined) fail(`${manifest.name}: ${stray} is no part of a package`);
  for (const file of files.filter((name) => name.endsWith('.js.map'))) {
    const { sources, sourcesContent } = JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
    if (sourcesContent?.length !== sources.length)
      fail(`${manifest.name}: ${file} names sources that it does not hold`);
  }
  console.log(`  ${manifest.name}: ${files.length} files and folders`);
}

function weigh() {
  const { packages } = JSON.parse(readFileSync(path.join(modules, '.package-lock.json'), 'utf8'));
  const withScript = Object.keys(packages).filter((name) => packages[name].hasInstallScript);
  if (withScript.length > 0) fail(`would run install scripts: ${withScript.join(', ')}`);
  const mb = Number(/^\d+/.exec(run('du', ['-sm', modules]))[0]);
  console.log(`  ${Object.keys(packages).length} packages, ${mb} MB on the disk, no install script`);
  if (mb > MOST_MB) fail(`${mb} MB, more than ${MOST_MB}`);
}

/** The program of a version of Node, from npm. */
function nodeOf(version) {
  const prefix = path.join(temporary, `node-${version}`);
  const name = `node-${process.platform}-${process.arch}`;
  run('npm', ['install', '--silent', '--prefix', prefix, '--prefer-offline', `${name}@${version}`]);
  return path.join(prefix, 'node_modules', name, 'bin', 'node');
}

function runEverything(node) {
  console.log(`under Node ${run(node, ['--version']).trim()}`);
  const { version } = manifestOf(folderOf('lab'));
  if (run(node, [bin(), '--version']).trim() !== version) fail('metalore --version says another one');
  const { episodes } = JSON.parse(run(node, [bin(), 'simulate', 'paper', '--episodes', '1', '--json']));
  if (episodes !== 1) fail('metalore simulate did not run one episode');
  const out = path.join(mkdtempSync(path.join(temporary, 'run-')), 'out');
  run(node, [bin(), 'simulate', 'paper', '--episodes', '1', '--out', out]);
  const { stderr, status } = spawnSync(node, [bin(), 'lifecycle', 'lifecycle'], { encoding: 'utf8' });
  const says = `npm install @metalore/chain@${version}`;
  if (status !== 1 || !stderr.includes(says)) fail(`metalore lifecycle does not say "${says}": ${stderr}`);
  runProgram(node, [], PROGRAM);
  console.log(`  metalore --version, simulate with a report, examples/${PROGRAM}`);
}

/** Runs an example in the project, and compares what it prints. */
function runProgram(command, args, name) {
  cpSync(path.join(root, 'examples', name), path.join(project, name));
  const printed = run(command, [...args, name]).trim();
  if (printed !== readExample(name).prints.trim()) fail(`examples/${name} printed\n${printed}`);
}

/** Compiles a program that imports every entry, as strictly as a user might, types of dependencies included. */
function checkTypes(names) {
  const entries = names.flatMap((name) => entriesOf(folderOf(name)));
  const imports = entries.map((entry, k) => `import * as entry${k} from '${entry}';\n`).join('');
  writeFileSync(
    path.join(project, 'all.ts'),
    `${imports}export default [${entries.map((_, k) => `entry${k}`).join(', ')}];\n` +
      `export const created: number = entry${entries.indexOf('@metalore/core/submetaverse')}.Counter.requestsCreated;\n`,
  );
  const strict = [
    'strict',
    'isolatedModules',
    'verbatimModuleSyntax',
    'exactOptionalPropertyTypes',
    'noEmit',
  ];
  const compilerOptions = {
    ...{ module: 'nodenext', target: 'es2022', lib: ['es2023'], types: ['node'], skipLibCheck: false },
    ...Object.fromEntries(strict.map((option) => [option, true])),
  };
  writeFileSync(path.join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['all.ts'] }));
  run(process.execPath, [path.join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', '.']);
  console.log(`  the types of ${entries.length} entries compile without skipLibCheck`);
}

function entriesOf(folder) {
  const { name, exports } = manifestOf(folder);
  return Object.entries(exports).flatMap(([entry, { types }]) => {
    if (!entry.includes('*')) return [path.posix.join(name, entry)];
    const [before, after] = types.split('*');
    return readdirSync(path.join(folder, before))
      .filter((part) => existsSync(path.join(folder, before, part + after)))
      .map((part) => path.posix.join(name, entry.replace('*', part)));
  });
}

/** Core in another engine, from npm, where it can be had. */
function runElsewhere(engine, args) {
  const prefix = path.join(temporary, engine);
  const installed = spawnSync('npm', ['install', '--silent', '--prefix', prefix, engine], {
    encoding: 'utf8',
  });
  const program = path.join(prefix, 'node_modules', '.bin', engine);
  if (installed.status !== 0 || spawnSync(program, ['--version']).status !== 0) {
    return console.log(`  ${engine} does not install here: not tried`);
  }
  runProgram(program, args, CORE_PROGRAM);
  console.log(
    `  examples/${CORE_PROGRAM} under ${engine} ${run(program, ['--version']).trim().split('\n')[0]}`,
  );
}
