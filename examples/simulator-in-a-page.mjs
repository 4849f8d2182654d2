// The simulator in a page: bundles page.mjs, which runs it, into one HTML file that opens from disk, without a network.
import { writeFileSync, readFileSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { rolldown } from 'rolldown';

const here = import.meta.dirname;
const file = process.argv[2] ?? path.join(os.tmpdir(), 'metalore-page.html');
const bundle = await rolldown({
  input: path.join(here, 'page.mjs'),
  platform: 'browser',
  logLevel: 'silent',
});
const { output } = await bundle.generate({ format: 'iife', minify: true });
const page = readFileSync(path.join(here, 'page.html'), 'utf8');
writeFileSync(
  file,
  page.replace('/* page.mjs */', () => output[0].code.replaceAll('</script', '<\\/script')),
);
console.log(
  `one file of ${statSync(file).size < 400_000 ? 'less' : 'more'} than 400 kB: open it in a browser`,
);

// Prints:
//   one file of less than 400 kB: open it in a browser
