import { z } from 'zod';
import { InvalidInputError, type Problem } from '../../errors/index.js';

/** One device and its task (paper 003, J_m = (D_m, C_m, T_m^max) and the device's limits), SI units. */
export interface UrllcDevice {
  /** Task size D, bit, > 0. */
  readonly D: number;
  /** Task work C, CPU cycles, > 0. */
  readonly C: number;
  /** Channel gain ‖h‖², plain ratio, > 0. */
  readonly h2: number;
  /** Deadline of the task, s, > 0. */
  readonly Tmax: number;
  /** Energy budget of the device, J, > 0. */
  readonly Emax: number;
  /** Largest transmission power, W, > 0. */
  readonly Pmax: number;
  /** Largest processing rate of the device, Hz, > 0. */
  readonly Fue: number;
}

/** An explicit instance of paper 003, problem (6), SI units. Field names are the paper's symbols. */
export interface UrllcInstance {
  /** System bandwidth, Hz, > 0. */
  readonly B: number;
  /** Noise spectral density, W/Hz, > 0. */
  readonly N0: number;
  /** Transmission time interval φ, s, > 0. */
  readonly phi: number;
  /** Decoding error probability ε, in (0, ½). */
  readonly eps: number;
  /** Least uplink rate, bit/s, ≥ 0. */
  readonly Rmin: number;
  /** Processing rate of the edge server, Hz, > 0. */
  readonly Fes: number;
  /** Caching capacity of the edge server, bit, ≥ 0. */
  readonly S: number;
  /** Energy coefficient θ/2, W·s³/cycle³, ≥ 0. */
  readonly kappa: number;
  /** Relative deviation of the devices' processing rates: real rate = estimated · (1 − devUe); in (−1, 1). */
  readonly devUe: number;
  /** The same of the edge server. */
  readonly devEs: number;
  /** Whether cached devices, too, must be given Rmin; (6d) binds transmitting devices only by default. */
  readonly rminAll: boolean;
  readonly ue: readonly UrllcDevice[];
}

const positive = z.number().positive();
const deviation = z.number().gt(-1).lt(1);

const deviceSchema = z.strictObject({
  D: positive.describe('task size, bit'),
  C: positive.describe('task work, cycles'),
  h2: positive.describe('channel gain'),
  Tmax: positive.describe('deadline, s'),
  Emax: positive.describe('energy budget, J'),
  Pmax: positive.describe('largest power, W'),
  Fue: positive.describe('largest processing rate, Hz'),
});

/** Schema of {@link UrllcInstance}; deviations and `rminAll` have defaults (0, 0, false), nothing else has. */
export const instanceSchema = z.strictObject({
  B: positive.describe('system bandwidth, Hz'),
  N0: z.number().min(1e-30).describe('noise spectral density, W/Hz'),
  phi: positive.describe('transmission time interval, s'),
  eps: z.number().gt(0).lt(0.5).describe('decoding error probability'),
  Rmin: z.number().nonnegative().describe('least uplink rate, bit/s'),
  Fes: positive.describe('edge processing rate, Hz'),
  S: z.number().nonnegative().describe('caching capacity, bit'),
  kappa: z.number().nonnegative().describe('energy coefficient theta/2'),
  devUe: deviation.default(0).describe('relative deviation of device rates'),
  devEs: deviation.default(0).describe('relative deviation of edge rates'),
  rminAll: z.boolean().default(false).describe('whether Rmin binds cached devices too'),
  ue: z.array(deviceSchema).min(1),
});

/**
 * Validates an explicit instance.
 *
 * @param value parsed YAML or JSON
 * @param what how the instance is called in an error
 * @throws InvalidInputError with every problem, each with its field and device
 */
export function parseInstance(value: unknown, what = 'URLLC instance'): UrllcInstance {
  const result = instanceSchema.safeParse(value);
  if (result.success) return result.data;
  throw new InvalidInputError(what, problemsOf(result.error, value));
}

/** Problems of a zod error with paths such as `ue[2].D`, the device spelt out and the value that came. */
export function problemsOf(error: z.ZodError, input: unknown): Problem[] {
  return error.issues.flatMap((issue) => {
    const paths =
      issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
    return paths.map((path) => ({ path: formatPath(path), message: messageOf(issue, path, input) }));
  });
}

function messageOf(issue: z.core.$ZodIssue, path: PropertyKey[], input: unknown): string {
  const device = path[0] === 'ue' && typeof path[1] === 'number' ? `device ${path[1]}: ` : '';
  if (issue.code === 'unrecognized_keys') return `${device}unknown field`;
  const came = path.reduce<unknown>(
    (at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key],
    input,
  );
  const text = issue.message.replace(/^Invalid input: |^Too (small|big): /, '');
  return device + (came === undefined ? 'is missing' : `${text}, got ${describe(came)}`);
}

function describe(value: unknown): string {
  if (typeof value === 'number') return String(value);
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) =>
      text + (typeof key === 'number' ? `[${key}]` : text === '' ? String(key) : `.${String(key)}`),
    '',
  );
}
