import { untrack } from 'svelte';
import { VIEWS, type View } from './views.js';

/** Where one is: a view, the home, or the page of components. */
export type Destination = View | 'home' | 'components';

function read(): { view: Destination; query: string } {
  const [name, query = ''] = location.hash.slice(1).split(/\?(.*)/s) as [string, string?];
  return { view: ([...VIEWS, 'components'] as const).find((view) => view === name) ?? 'home', query };
}

/** Which view is open and what its link says; both stand behind the `#` of the page's address. */
class Route {
  view = $state<Destination>(read().view);
  /** The query of the link that was followed last; what a view wrote itself does not count. */
  query = $state.raw(read().query);
  /** Counts links followed, so that following the same one again counts. */
  followed = $state(0);
  readonly #queries: Partial<Record<Destination, string>> = {};

  constructor() {
    addEventListener('hashchange', () => {
      const { view, query } = read();
      this.view = view;
      this.query = query !== '' ? query : (this.#queries[view] ?? '');
      this.followed++;
      if (query === '' && this.query !== '' && view !== 'home') this.write(view, this.query);
    });
  }

  /** Keeps the state of a view in the address, without a new entry in the history. */
  write(view: Exclude<Destination, 'home'>, query: string): void {
    this.#queries[view] = query;
    // The address may name another view already, whose event is still to come: it is not taken back.
    if (this.view !== view || read().view !== view) return;
    const hash = `#${view}${query === '' ? '' : `?${query}`}`;
    if (location.hash !== hash) history.replaceState(null, '', hash);
  }

  /** Shows exactly what a link says, whatever its view was left with. */
  show(hash: string): void {
    history.pushState(null, '', `#${hash}`);
    const { view, query } = read();
    Object.assign(this, { view, query });
    this.followed++;
  }

  open(view: Destination): void {
    location.hash = view;
  }
}

export const route = new Route();

/** Reads the link when a view opens, and every link to it that is followed later. */
export function onFollow(read: (query: URLSearchParams) => void): void {
  $effect(() => {
    void route.followed;
    // a copy for the reader alone
    // eslint-disable-next-line svelte/prefer-svelte-reactivity
    const query = new URLSearchParams(route.query);
    untrack(() => read(query));
  });
}
