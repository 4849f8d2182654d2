export const VIEWS = [
  'watch',
  'compare',
  'place',
  'allocate',
  'auction',
  'contract',
  'providers',
  'lifecycle',
  'sense',
  'live',
] as const;
export type View = (typeof VIEWS)[number];

function read(): { view: View; query: string } {
  const [name, query = ''] = location.hash.slice(1).split(/\?(.*)/s) as [string, string?];
  return { view: VIEWS.find((view) => view === name) ?? 'watch', query };
}

/** Which view is open and what its link says; both stand behind the `#` of the page's address. */
class Route {
  view = $state<View>(read().view);
  /** The query of the link that was followed last; what a view wrote itself does not count. */
  query = $state.raw(read().query);
  /** Counts links followed, so that following the same one again counts. */
  followed = $state(0);
  readonly #queries: Partial<Record<View, string>> = {};

  constructor() {
    addEventListener('hashchange', () => {
      const { view, query } = read();
      this.view = view;
      this.query = query !== '' ? query : (this.#queries[view] ?? '');
      this.followed++;
      if (query === '' && this.query !== '') this.write(view, this.query);
    });
  }

  /** Keeps the state of a view in the address, without a new entry in the history. */
  write(view: View, query: string): void {
    this.#queries[view] = query;
    // The address may name another view already, whose event is still to come: it is not taken back.
    if (this.view !== view || read().view !== view) return;
    const hash = `#${view}${query === '' ? '' : `?${query}`}`;
    if (location.hash !== hash) history.replaceState(null, '', hash);
  }

  open(view: View): void {
    location.hash = view;
  }
}

export const route = new Route();
