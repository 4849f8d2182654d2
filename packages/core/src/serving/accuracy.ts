import { exp, log, log2 } from '../math/index.js';
import type { CatalogueEntry } from './catalogue.js';
import { sizeGB } from './catalogue.js';
import type { ServiceSpec } from './instance.js';

const LN2 = 0.6931471805599453;

/**
 * Exponent of the accuracy law: α = ln(2^r − 1) / ln(window), r = (few − zero) / (one − zero), which makes the law pass
 * through all three scores of Table I. Negative where a few examples score below one (13B arithmetic).
 *
 * @param zero zero-shot score, %
 * @param one one-shot score, %, different from `zero`
 * @param few score at `window` examples, %; r must be positive
 * @param window examples, above 1
 */
export function contextExponent(zero: number, one: number, few: number, window: number): number {
  const ratio = (few - zero) / (one - zero);
  return log(exp(ratio * LN2) - 1) / log(window);
}

/**
 * Accuracy in % with K effective examples: A(K) = a0 + (one − a0)·log2(1 + K^α) for K ≥ 1, linear from a0 to one below.
 *
 * **Deviation** (paper 002, Fig. 4): the caption calls the factor before the logarithm the one-shot *accuracy*. It has to
 * be the one-shot *gain*: read literally, GPT3-13B on SuperGLUE would reach 54.4 + 64.3 = 118.7 % with one example.
 *
 * @param k effective examples, >= 0
 */
export function accuracy(a0: number, one: number, alpha: number, k: number): number {
  const gain = one - a0;
  if (k < 1) return a0 + gain * k;
  return a0 + gain * log2(1 + exp(alpha * log(k)));
}

/** A cacheable service from a row of Table I. @param bytesPerParameter 2 for fp16 */
export function serviceOf(entry: CatalogueEntry, bytesPerParameter: number, name: string): ServiceSpec {
  const { context } = entry;
  return {
    name,
    gb: sizeGB(entry.parametersM, bytesPerParameter),
    gflops: entry.gflops,
    W: context?.window ?? 0,
    a0: entry.zeroShot,
    one: context?.oneShot ?? null,
    alpha: context && contextExponent(entry.zeroShot, context.oneShot, context.fewShot, context.window),
  };
}
