import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitepress';
import { PLACEHOLDER } from '../any-path.mjs';
import { outDir, pagesDir } from '../folders.mjs';

/** Made with the pages: what stands in the sidebar. */
const sidebar = JSON.parse(readFileSync(new URL('sidebar.json', pagesDir), 'utf8'));

export default defineConfig({
  title: 'MetaLore',
  description: 'Digital twins that keep up with the physical world, simulated, measured, orchestrated',
  lang: 'en',
  base: PLACEHOLDER,
  srcDir: pagesDir.pathname,
  outDir: outDir.pathname,
  cacheDir: new URL('../cache/', pagesDir).pathname,
  head: [['link', { rel: 'icon', href: `${PLACEHOLDER}icon.svg`, type: 'image/svg+xml' }]],
  // Text is text: a `<` or `{{` of the docs is neither HTML nor a template, and braces are no attributes.
  markdown: {
    html: false,
    attrs: { leftDelimiter: '{:', rightDelimiter: ':}' },
    config: ({ renderer }) => {
      const { text } = renderer.rules;
      renderer.rules.text = (...args) => text(...args).replaceAll('{{', '&#123;&#123;');
    },
    languageAlias: { mjs: 'js', cff: 'yaml', sol: 'solidity' },
  },
  vite: { build: { chunkSizeWarningLimit: 5000 }, logLevel: 'warn' },
  themeConfig: {
    nav: [
      { text: 'Examples', link: '/examples' },
      { text: 'Commands', link: '/command-line' },
      ...(sidebar.some(({ text }) => text === 'API') ? [{ text: 'API', link: '/api/' }] : []),
      { text: 'Studio', link: '/play/index.html', target: '_self' },
    ],
    sidebar,
    outline: [2, 3],
    search: { provider: 'local' },
  },
});
