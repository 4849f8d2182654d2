/** A run or study that `metalore studio RUN…` serves beside the page. */
export interface ServedRun {
  readonly id: string;
  readonly name: string;
  /** Files by their path inside the run's folder, with their size in bytes. */
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
}

/** A trained policy in a served run. */
export interface ServedPolicy {
  readonly name: string;
  readonly url: string;
}

/** The runs that stand beside the page; none where the page is a static site. */
class Runs {
  list = $state.raw<readonly ServedRun[]>([]);
  loaded: Promise<void>;

  constructor() {
    this.loaded = this.#load();
  }

  async #load(): Promise<void> {
    const answer = await fetch('./runs.json');
    if (!answer.ok) return;
    const { runs } = (await answer.json()) as { runs: readonly ServedRun[] };
    this.list = runs;
  }

  url(run: ServedRun, path: string): string {
    return `./runs/${encodeURIComponent(run.id)}/${path.split('/').map(encodeURIComponent).join('/')}`;
  }

  async read(url: string): Promise<Uint8Array> {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`${url}: ${answer.status} ${answer.statusText}`);
    return new Uint8Array(await answer.arrayBuffer());
  }
}

export const servedRuns = new Runs();

/** A scenario in a served run. */
export interface ServedScenario {
  readonly name: string;
  readonly url: string;
}

/** Scenarios among them: a city's partitions, what was imported. */
export function servedScenarios(): ServedScenario[] {
  return servedRuns.list.flatMap((run) =>
    run.files
      .filter(({ path }) => /(^|\/)scenario\.yaml$/.test(path))
      .map(({ path }) => ({
        name: `${run.name}/${path}`.replace(/\/scenario\.yaml$/, ''),
        url: servedRuns.url(run, path),
      })),
  );
}

/** Trained policies among them. */
class RunPolicies {
  get list(): readonly ServedPolicy[] {
    return servedRuns.list.flatMap((run) =>
      run.files
        .filter(({ path }) => /\.onnx$/i.test(path) || /(^|\/)[^/]*policy[^/]*\.json$/.test(path))
        .map(({ path }) => ({ name: `${run.name}/${path}`, url: servedRuns.url(run, path) })),
    );
  }

  read(policy: ServedPolicy): Promise<Uint8Array> {
    return servedRuns.read(policy.url);
  }
}

export const runPolicies = new RunPolicies();
