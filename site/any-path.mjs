// VitePress builds for one base path. The site is built for a placeholder, which is then replaced so that the finished files
// work under any path: in HTML and CSS by a relative address, in scripts by a base that each page works out from its own.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export const PLACEHOLDER = '/__METALORE_SITE__/';

/**
 * Makes the site in a folder independent of its path.
 *
 * @throws Error naming a file in which the placeholder stands where it cannot be replaced
 */
export function makeAnyPath(folder) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    const up = path.relative(entry.parentPath, folder);
    const change = { '.html': inHtml, '.css': inCss, '.js': inScript }[path.extname(file)];
    if (!entry.isFile() || change === undefined) continue;
    const before = readFileSync(file, 'utf8');
    if (!before.includes(PLACEHOLDER)) continue;
    const after = change(before, up === '' ? './' : `${up}/`);
    if (after.includes(PLACEHOLDER)) throw new Error(`${file}: an address that is bound to one path`);
    writeFileSync(file, after);
  }
}

const inCss = (css, up) => css.replaceAll(PLACEHOLDER, up);

/** Where a string literal begins with an address, the base is put before the rest of it. */
function inScript(script) {
  // The index of the search is one literal of JSON that holds many addresses.
  const index = /^const \w+=(['`])\{/.exec(script)?.[1];
  if (index !== undefined) return script.replaceAll(PLACEHOLDER, `${index}+globalThis.__base+${index}`);
  const literal = new RegExp(`(["'\`])${PLACEHOLDER}((?:(?!\\1)[^\\\\]|\\\\.)*)\\1`, 'gs');
  return script.replaceAll(literal, (_, quote, rest) => `(globalThis.__base+${quote}${rest}${quote})`);
}

/**
 * Addresses become relative; a script in the head works out the base, and one at the end makes the links absolute again, as
 * they stay where they are while the reader moves on to pages in other folders.
 */
function inHtml(html, up) {
  const data = `window.__VP_SITE_DATA__=`;
  const base = `globalThis.__base=new URL('${up}',location.href).pathname;`;
  return html
    .replaceAll(/<script>(window\.__VP_HASH_MAP__[^]*?)<\/script>/g, (_, script) => {
      const afterwards = script.includes(data) ? ';__VP_SITE_DATA__.base=__base' : '';
      return `<script>${base}${script.replaceAll(PLACEHOLDER, '/')}${afterwards}</script>`;
    })
    .replaceAll(PLACEHOLDER, up)
    .replace(
      '</body>',
      `<script>for(const a of document.querySelectorAll('a[href^="."],link[rel=icon]')){const u=new URL(a.getAttribute('href'),location.href);a.href=u.pathname+u.hash}</script></body>`,
    );
}
