// Sets up a clone: packages exactly as locked, and with --with browser,redis,mosquitto,postgres,python what some tests need.
// Plain Node, so that it runs before anything is installed. What is there already is left alone, so it works offline.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Programs by the name under which they can be asked for: what to look for and Debian's package. */
const programs = {
  browser: { commands: ['chromium', 'chromium-browser', 'google-chrome'], debian: 'chromium' },
  redis: { commands: ['redis-server', 'valkey-server'], debian: 'redis-server' },
  mosquitto: { commands: ['mosquitto', '/usr/sbin/mosquitto'], debian: 'mosquitto' },
  postgres: { commands: ['postgres', '/usr/lib/postgresql'], debian: 'postgresql' },
};

/** The Python environment of the tests, beside the package. */
export const pythonFolder = path.join(root, 'python', '.venv');
export const pythonCommand = path.join(
  pythonFolder,
  process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python',
);

/** Runs a program with its output shown. @returns whether it succeeded */
export function run(command, args, options = {}) {
  console.error(
    `$ ${[path.basename(command), ...args.map((arg) => path.relative(root, arg) || arg)].join(' ')}`,
  );
  const done = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  return done.status === 0;
}

/** Installs what is missing. @param wanted names of {@link programs} */
export function setUp(wanted = []) {
  if (!packagesAreInstalled()) {
    console.error('setup: installing the packages that package-lock.json names');
    // The learning tests check exports with ONNX Runtime; its script would fetch GPU libraries that nothing here uses.
    const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' };
    if (!run('npm', ['ci', '--no-audit', '--no-fund'], { env, shell: process.platform === 'win32' })) {
      console.error('setup: npm ci failed; is the package registry reachable?');
      process.exit(1);
    }
  }
  const missing = wanted
    .filter((name) => name !== 'python')
    .map((name) => programs[name])
    .filter((program) => !program.commands.some(isOnPath));
  if (missing.length > 0) installPrograms(missing.map((program) => program.debian));
  if (wanted.includes('python')) setUpPython();
}

/**
 * A virtual environment with the Python package in it, on Debian with its CPU-only torch: PyTorch's own package brings 5 GB of
 * CUDA, and would be the greater part of every set-up.
 */
function setUpPython() {
  const list = path.join(root, 'python', 'requirements-dev.txt');
  const done = path.join(pythonFolder, '.requirements');
  if (existsSync(done) && readFileSync(done, 'utf8') === readFileSync(list, 'utf8')) return;
  const debian = existsSync('/usr/bin/apt-get') && process.getuid?.() === 0;
  if (debian && !existsSync('/usr/lib/python3/dist-packages/torch'))
    installPrograms(['python3-venv', 'python3-torch']);
  const python = ['/usr/bin/python3', 'python3', 'python'].find((command) => isRecentPython(command));
  if (python === undefined) {
    console.error('setup: no Python from 3.10 on; the tests of the Python package are left out');
    return;
  }
  console.error('setup: making python/.venv');
  const pip = ['-m', 'pip', 'install', '-q', '--disable-pip-version-check'];
  const works =
    run(python, ['-m', 'venv', '--clear', '--system-site-packages', pythonFolder]) &&
    run(pythonCommand, [...pip, '-r', list]) &&
    // Its dependencies are in the list; it names a newer torch than Debian's, with which it works all the same.
    run(pythonCommand, [...pip, '--no-deps', 'stable-baselines3==2.7.0']) &&
    run(pythonCommand, [...pip, '--no-deps', '--no-build-isolation', '-e', path.join(root, 'python')]);
  if (works) writeFileSync(done, readFileSync(list));
  else console.error('setup: could not make python/.venv; the tests of the Python package are left out');
}

function isRecentPython(command) {
  const code = 'import sys; sys.exit(sys.version_info < (3, 10))';
  return spawnSync(command, ['-c', code], { stdio: 'ignore' }).status === 0;
}

/** Compares contents, not dates: a fresh clone and a copied folder have any dates. */
function packagesAreInstalled() {
  const installedFile = path.join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const { packages: locked } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  const { packages: installed } = JSON.parse(readFileSync(installedFile, 'utf8'));
  return Object.entries(locked).every(
    ([name, { version, optional, peer, link }]) =>
      !name.includes('node_modules/') || optional || peer || link || installed[name]?.version === version,
  );
}

function isOnPath(command) {
  if (path.isAbsolute(command)) return existsSync(command);
  return (process.env.PATH ?? '')
    .split(path.delimiter)
    .some((folder) => folder !== '' && existsSync(path.join(folder, command)));
}

function installPrograms(names) {
  const canInstall = process.getuid?.() === 0 && isOnPath('apt-get');
  if (!canInstall) {
    console.error(`setup: not found, and not mine to install: ${names.join(', ')}; some tests need them`);
    return;
  }
  console.error(`setup: installing ${names.join(', ')} (Debian)`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = () =>
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  if (install()) return;
  run('apt-get', ['update', '-qq'], { env });
  if (!install()) console.error(`setup: could not install ${names.join(', ')}; some tests need them`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const flag = process.argv.indexOf('--with');
  const wanted = flag < 0 ? [] : (process.argv[flag + 1] ?? '').split(',');
  const known = [...Object.keys(programs), 'python'];
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    console.error(`setup: unknown "${unknown.join(', ')}"; --with takes ${known.join(',')}`);
    process.exit(2);
  }
  setUp(wanted);
  console.error('setup: done');
}
