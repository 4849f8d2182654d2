// npm run site: docs, examples, API, figures, search and the studio as one static folder, site/work/dist, that works offline and
// under any path. `node site/build.mjs --quick` takes what is built, and leaves the API reference and the picture of the
// architecture out, which take longest.
import { cpSync, rmSync } from 'node:fs';
import path from 'node:path';
import { build } from 'vitepress';
import { root, run } from '../scripts/setup.mjs';
import { makeAnyPath } from './any-path.mjs';
import { drawArchitecture } from './architecture.mjs';
import { outDir } from './folders.mjs';
import { layOut } from './pages.mjs';

const isWhole = !process.argv.includes('--quick');
const out = outDir.pathname;
const studio = path.join(root, 'packages', 'studio', 'dist');

if (isWhole) await drawArchitecture(path.join(root, 'docs', 'figures', 'architecture.svg'));
layOut({ api: isWhole });
rmSync(out, { recursive: true, force: true });
await build(import.meta.dirname);
makeAnyPath(out);
cpSync(studio, path.join(out, 'play'), { recursive: true });
cpSync(path.join(studio, 'icon.svg'), path.join(out, 'icon.svg'));
const page = path.join(root, 'examples', 'simulator-in-a-page.mjs');
if (!run(process.execPath, [page, path.join(out, 'simulator.html')])) process.exit(1);
console.log(`${path.relative(process.cwd(), out)}: any web server can serve it, under any path`);
