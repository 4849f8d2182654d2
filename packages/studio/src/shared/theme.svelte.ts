const dark = matchMedia('(prefers-color-scheme: dark)');

/** Light or dark: as the system has it, until somebody chooses. */
class Theme {
  name = $state<'light' | 'dark'>(dark.matches ? 'dark' : 'light');

  constructor() {
    this.#apply();
    dark.addEventListener('change', () => this.set(dark.matches ? 'dark' : 'light'));
  }

  set(name: 'light' | 'dark'): void {
    this.name = name;
    this.#apply();
  }

  toggle(): void {
    this.set(this.name === 'dark' ? 'light' : 'dark');
  }

  #apply(): void {
    document.documentElement.dataset['theme'] = this.name;
  }
}

export const theme = new Theme();

/** The page's colours for what is drawn on a canvas. Reads the theme, so that effects run again when it changes. */
export function colours() {
  const style = getComputedStyle(document.documentElement);
  const get = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    theme: theme.name,
    bg: get('bg'),
    panel: get('panel'),
    ink: get('ink'),
    muted: get('muted'),
    line: get('line'),
    soft: get('soft'),
    requests: get('requests'),
    updates: get('updates'),
    bad: get('bad'),
  };
}

export type Colours = ReturnType<typeof colours>;
