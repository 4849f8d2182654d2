import { InvalidInputError } from '@metalore/core/errors';
import { parsePolicy, type Policy } from '@metalore/core/policy';
import { observationFeatures } from '@metalore/core/submetaverse';
import { onnxPolicy, withExternalData } from '@metalore/learn/onnx';
import { learnedPolicy, parsePolicyDocument } from '@metalore/learn/policy-file';

/** What an ONNX model observes that does not say so itself: the paper's pair (paper 000, eq. 3). */
const PAPER_OBSERVATION = ['request-queue-jobs', 'update-queue-jobs'];
const MAX_BYTES = 8_000_000;

/** A trained policy as a file. */
export interface PolicyFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Policies of files by name, each made anew for every run. */
export class PolicyLibrary {
  readonly #files = new Map<string, () => Policy>();

  /**
   * Takes in a policy document of MetaLore or an ONNX model.
   *
   * @throws InvalidInputError if it is not one, or observes what nobody measures
   */
  async add({ name, bytes }: PolicyFile): Promise<{ name: string; features: readonly string[] }> {
    if (bytes.length > MAX_BYTES) {
      const message = `${bytes.length} bytes; the studio takes at most ${MAX_BYTES}`;
      throw new InvalidInputError(name, [{ path: '', message }]);
    }
    const make = await readPolicy(name, bytes);
    const { features } = make();
    const unknown = features.filter((feature) => !observationFeatures.has(feature));
    if (unknown.length > 0) {
      const message = `observes ${unknown.join(', ')}; known are ${observationFeatures.names().join(', ')}`;
      throw new InvalidInputError(name, [{ path: 'features', message }]);
    }
    this.#files.set(name, make);
    return { name, features };
  }

  /** @param text `file:NAME`, or a rule as in `fixed:0.3,0.3` */
  readonly policy = (text: string): Policy => {
    if (!text.startsWith('file:')) return parsePolicy(text);
    const name = text.slice('file:'.length);
    const make = this.#files.get(name);
    if (make === undefined) {
      const message = `the policy "${name}" is not here: drop its file on the page, or serve its run with metalore studio`;
      throw new InvalidInputError('policy', [{ path: 'policy', message }]);
    }
    return make();
  };
}

async function readPolicy(name: string, bytes: Uint8Array): Promise<() => Policy> {
  if (name.toLowerCase().endsWith('.onnx')) {
    const whole = withExternalData(bytes, name, (file) => {
      const message = `its tensors stand in ${file}, which a page cannot read: save the model as one file`;
      throw new InvalidInputError(name, [{ path: '', message }]);
    });
    const policy = await onnxPolicy(whole, name, { features: PAPER_OBSERVATION });
    return () => policy; // an observation is all that it acts on
  }
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new InvalidInputError(name, [
      { path: '', message: 'is neither a policy document (JSON) nor .onnx' },
    ]);
  }
  const document = parsePolicyDocument(value, name);
  return () => learnedPolicy(document);
}
