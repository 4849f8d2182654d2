/** A word of a command as a POSIX shell takes it: quoted where it holds more than plain characters. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The command line `metalore …` of these words, each quoted where it has to be. */
export function commandLine(...words: readonly string[]): string {
  return ['metalore', ...words].map(shellWord).join(' ');
}

/** `--set path=value` for every entry. */
export function setOptions(values: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(values).flatMap(([path, value]) => [
    '--set',
    `${path}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  ]);
}
