// Lays the site's pages out as Markdown: README, docs, examples with what they print, files that the docs link to, and the API.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { examples, readExample } from '../scripts/examples.mjs';
import { root, run } from '../scripts/setup.mjs';
import { pagesDir } from './folders.mjs';

const pages = pagesDir.pathname;

/** Pages that come from elsewhere than docs/, by their path in the clone. */
const MOVED = {
  'README.md': 'index.md',
  'CONTRIBUTING.md': 'contributing.md',
  'CHANGELOG.md': 'changelog.md',
};

/** The sidebar's groups; a page of docs/ that is in none of them stands in the last. */
const GROUPS = [
  ['Begin', ['index', 'examples', 'command-line', 'studio', 'python', 'faq', 'who-should-not', 'comparison']],
  [
    'Systems',
    [
      'submetaverse',
      'learning',
      'partition',
      'city',
      'serving',
      'urllc',
      'auction',
      'contract',
      'provider',
      'lifecycle',
      'sensing',
      'live',
    ],
  ],
  ['Reports', ['reproduction']],
  ['Project', ['contributing', 'add-a-system', 'stability', 'citing', 'changelog']],
];

/** Makes everything anew. @param api whether the API reference is made, which takes longest */
export function layOut({ api }) {
  rmSync(pages, { recursive: true, force: true });
  mkdirSync(pages, { recursive: true });
  cpSync(path.join(root, 'docs', 'figures'), path.join(pages, 'figures'), { recursive: true });
  for (const name of readdirSync(path.join(root, 'docs')))
    if (name.endsWith('.md')) putMarkdown(`docs/${name}`, name);
  for (const [from, to] of Object.entries(MOVED)) putMarkdown(from, to);
  for (const name of examples) put(pageOf(`examples/${name}`), examplePage(name));
  if (api) makeApi();
  put('sidebar.json', JSON.stringify(sidebar(api)));
}

function put(page, text) {
  const file = path.join(pages, page);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** The page of a file of the clone. */
function pageOf(file) {
  if (file in MOVED) return MOVED[file];
  if (/^docs\/[^/]+\.md$/.test(file)) return file.slice('docs/'.length);
  if (file.startsWith('docs/figures/')) return file.slice('docs/'.length);
  return `${file.startsWith('examples/') ? file.replace(/\.mjs$/, '') : `files/${file}`}.md`;
}

/** Copies a page, with its links to files of the clone led to their pages. */
function putMarkdown(from, to) {
  const text = readFileSync(path.join(root, from), 'utf8');
  const lead = (whole, before, link, after) => {
    if (/^(?:[a-z]+:|#|\/)/.test(link)) return whole;
    const [target, hash] = link.split(/(?=#)/);
    const file = path.posix.join(path.posix.dirname(from), target);
    if (!existsSync(path.join(root, file))) throw new Error(`${from}: no file ${link}`);
    if (statSync(path.join(root, file)).isDirectory()) return whole.replace(link, '#');
    const page = pageOf(file);
    if (page.startsWith('files/')) put(page, filePage(file));
    return `${before}${path.posix.relative(path.posix.dirname(to), page)}${hash ?? ''}${after}`;
  };
  put(to, text.replaceAll(/(\]\()([^)\s]+)(\))/g, lead).replaceAll(/^(\[[^\]]+\]: )(\S+)()$/gm, lead));
}

const fenced = (language, text) => `\`\`\`\`${language}\n${text.trimEnd()}\n\`\`\`\`\n`;

function filePage(file) {
  return `# ${path.basename(file)}\n\n${fenced(path.extname(file).slice(1), readFileSync(path.join(root, file), 'utf8'))}`;
}

function examplePage(name) {
  const { shows, run, code, prints } = readExample(name);
  const beside = name === 'simulator-in-a-page.mjs' ? ['page.html', 'page.mjs'] : [];
  const more = beside.map(
    (file) =>
      `## ${file}\n\n${fenced(path.extname(file).slice(1), readFileSync(path.join(root, 'examples', file), 'utf8'))}`,
  );
  const live = beside.length > 0 ? '[The page that it makes](../simulator.html){:target="_self":}\n\n' : '';
  return [
    `# ${path.basename(name, '.mjs')}\n\n${shows}\n\n${live}${fenced('js', code)}`,
    `## What it prints\n\n${fenced('sh', run)}\n${fenced('txt', prints)}`,
    ...more,
  ].join('\n');
}

function makeApi() {
  const typedoc = path.join(root, 'node_modules', 'typedoc', 'bin', 'typedoc');
  const options = [
    '--plugin',
    'typedoc-plugin-markdown',
    '--outputFileStrategy',
    'modules',
    '--entryFileName',
    'index',
  ];
  const out = [
    '--out',
    path.join(pages, 'api'),
    '--readme',
    'none',
    '--logLevel',
    'Error',
    '--excludeExternals',
  ];
  const hide = [
    '--hidePageHeader',
    '--hideBreadcrumbs',
    '--sanitizeComments',
    '--disableSources',
    '--treatWarningsAsErrors',
    'false',
  ];
  if (!run(process.execPath, [typedoc, ...options, ...out, ...hide])) throw new Error('typedoc failed');
}

function sidebar(api) {
  const titleOf = (page) =>
    /^# (.+)$/m.exec(readFileSync(path.join(pages, `${page}.md`), 'utf8'))?.[1] ?? page;
  const item = (page) => ({ text: titleOf(page).replaceAll('`', ''), link: `/${page}` });
  const named = new Set(GROUPS.flatMap(([, names]) => names));
  const others = readdirSync(pages).flatMap((name) => (name.endsWith('.md') ? [name.slice(0, -3)] : []));
  const groups = GROUPS.map(([text, names]) => ({
    text,
    items: names.filter((name) => others.includes(name)).map(item),
  }));
  groups.at(-1).items.push(...others.filter((name) => !named.has(name)).map(item));
  groups.splice(1, 0, {
    text: 'Examples',
    collapsed: true,
    items: examples.map((name) => item(`examples/${path.basename(name, '.mjs')}`)),
  });
  if (api) groups.push({ text: 'API', collapsed: true, items: apiItems() });
  return groups;
}

function apiItems() {
  const files = readdirSync(path.join(pages, 'api'), { recursive: true }).filter((name) =>
    name.endsWith('.md'),
  );
  return files.sort().map((name) => ({
    text:
      name
        .replace(/\.md$/, '')
        .replace(/\/src\b/, '')
        .replace(/\/?index$/, '') || 'all',
    link: `/api/${name.replace(/\.md$/, '').replace(/index$/, '')}`,
  }));
}
