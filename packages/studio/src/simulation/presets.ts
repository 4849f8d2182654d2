/** The scenarios that come with MetaLore, as their YAML files; those with a `kind` belong to other systems. */
const files = import.meta.glob<string>('../../../../scenarios/*.yaml', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** Text of every preset by its name, the paper's first. */
export const presets: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(files)
    .filter(([, text]) => !/^kind:/m.test(text))
    .map(([file, text]) => [file.replace(/^.*\/|\.yaml$/g, ''), text] as const)
    .sort(([a], [b]) => Number(b === 'paper') - Number(a === 'paper') || a.localeCompare(b)),
);
