/** Where the site is made: pages as Markdown, the cache of the generator, and the finished site. */
export const workDir = new URL('./work/', import.meta.url);
export const pagesDir = new URL('./pages/', workDir);
export const outDir = new URL('./dist/', workDir);
