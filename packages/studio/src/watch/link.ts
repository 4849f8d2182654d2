import { pack, unpack } from '../shared/packed-text.js';
import { presets } from '../simulation/presets.js';
import type { LogEntry, RunPlan } from '../simulation/protocol.js';
import type { HeldFile, ServedReference } from './served-files.js';

/** What a link to the Watch view says: enough to see the same again. */
export interface WatchLink {
  /** Name of a preset; '' for a scenario of one's own. */
  preset: string;
  scenarioText: string;
  seed: number;
  episode: number;
  step: number;
  runs: RunPlan[];
  /** Trained policies: in the link where they are small enough. */
  files: HeldFile[];
  /** What a link says of those that are not, and stand in a served run. */
  served: ServedReference[];
}

const MAX_TEXT = 1_000_000;
const MAX_FILE_IN_LINK = 12_000;
const MAX_LOG = 500;

/**
 * The part of a page's address behind `#watch?`.
 *
 * @returns `missing`: names of policies that it cannot hold
 */
export async function writeLink(
  link: Omit<WatchLink, 'served'>,
): Promise<{ text: string; missing: readonly string[] }> {
  const query = new URLSearchParams();
  if (link.preset !== '') query.set('scenario', link.preset);
  else query.set('text', await pack(new TextEncoder().encode(link.scenarioText)));
  query.set('seed', String(link.seed));
  if (link.episode !== 0) query.set('episode', String(link.episode));
  query.set('at', String(link.step));
  for (const { policy, log } of link.runs) {
    const entries = log.map(({ step, policy, set }) => [step, policy ?? set]);
    query.append('run', entries.length > 0 ? `${policy} ${JSON.stringify(entries)}` : policy);
  }
  const missing: string[] = [];
  for (const { name, bytes, digest } of link.files) {
    const packed = await pack(bytes);
    if (packed.length <= MAX_FILE_IN_LINK) query.append('file', `${packed} ${name}`);
    else if (digest !== undefined) query.append('served', `${digest} ${name}`);
    else missing.push(name);
  }
  return { text: query.toString().replaceAll('%3A', ':').replaceAll('%2C', ','), missing };
}

/**
 * Reads a link. It may come from anywhere: sizes are bounded, and what it holds is checked where it is used.
 *
 * @throws Error if it is damaged
 */
export async function readLink(text: string): Promise<WatchLink> {
  const query = new URLSearchParams(text);
  const packed = query.get('text');
  const preset = packed === null ? (query.get('scenario') ?? 'paper') : '';
  if (packed === null && presets[preset] === undefined) throw new Error(`there is no scenario "${preset}"`);
  const scenarioText =
    packed === null ? presets[preset] : new TextDecoder().decode(await unpack(packed, MAX_TEXT));
  const runs = query.getAll('run').slice(0, 2).map(readRun);
  return {
    preset,
    scenarioText,
    seed: natural(query.get('seed'), 1),
    episode: natural(query.get('episode'), 0),
    step: natural(query.get('at'), 0),
    runs: runs.length > 0 ? runs : [{ policy: 'fixed:0.3,0.3', log: [] }],
    files: await Promise.all(
      query
        .getAll('file')
        .slice(0, 4)
        .map(async (file) => {
          const at = file.indexOf(' ');
          return { name: file.slice(at + 1), bytes: await unpack(file.slice(0, at), MAX_TEXT) };
        }),
    ),
    served: query
      .getAll('served')
      .slice(0, 4)
      .map((text) => {
        const at = text.indexOf(' ');
        return { digest: text.slice(0, at), name: text.slice(at + 1) };
      }),
  };
}

function readRun(text: string): RunPlan {
  const at = text.indexOf(' [');
  if (at < 0) return { policy: text, log: [] };
  const entries = JSON.parse(text.slice(at + 1)) as [number, string | Record<string, unknown>][];
  if (!Array.isArray(entries) || entries.length > MAX_LOG) throw new Error('the link has too many changes');
  const log = entries.map(([step, what]): LogEntry => {
    const isPolicy = typeof what === 'string';
    const isChange = typeof what === 'object' && what !== null && !Array.isArray(what);
    if (!Number.isSafeInteger(step) || step < 0 || (!isPolicy && !isChange))
      throw new Error('the link is damaged');
    return isPolicy ? { step, policy: what } : { step, set: what };
  });
  return { policy: text.slice(0, at), log: log.sort((one, other) => one.step - other.step) };
}

function natural(text: string | null, otherwise: number): number {
  const value = Number(text ?? otherwise);
  return Number.isSafeInteger(value) && value >= 0 ? value : otherwise;
}
