import { InvalidInputError } from '@metalore/core/errors';
import { Tokenizer } from 'htmlparser2';
import { openText } from '../../io/open-text.js';

/** Told of what an XML file holds, in its order. `where` says `file:line`. */
export interface XmlListener {
  /** @param values of the attributes that were asked for, in their order; undefined for one that is not there; used again */
  open(name: string, values: readonly (string | undefined)[], where: () => string): void;
  close(name: string): void;
  /** Called between chunks of the file; the file waits for it. */
  drain(): Promise<void>;
}

/**
 * Reads an XML file as a stream, by the tokens of a parser: of a file of gigabytes a few attributes are wanted, and strings are
 * made of no others.
 *
 * @param names of the attributes that are wanted
 * @throws InvalidInputError with file and line for tags that do not match
 */
export async function readXml(file: string, names: readonly string[], listener: XmlListener): Promise<void> {
  const elements = new Elements(file, names, listener);
  const tokenizer = new Tokenizer({ xmlMode: true, decodeEntities: true }, elements);
  for await (const text of openText(file)) {
    elements.chunk(text);
    tokenizer.write(text);
    await listener.drain();
  }
  tokenizer.end();
  elements.end();
}

const ignore = () => undefined;

/** Makes elements of tokens, which come as positions in the text. */
class Elements {
  #before = '';
  #text = '';
  /** Position of `#text` in the file, and the number of line ends before it. */
  #offset = 0;
  #lines = 0;
  readonly #open: string[] = [];
  readonly #lengths: boolean[] = [];
  #name = '';
  /** Number of the attribute at hand among those that are wanted; −1 for none. */
  #attribute = -1;
  readonly #values: (string | undefined)[];
  #at = 0;
  readonly #where = () => `${this.file}:${this.#line(this.#at)}`;

  constructor(
    readonly file: string,
    readonly names: readonly string[],
    readonly listener: XmlListener,
  ) {
    for (const { length } of names) this.#lengths[length] = true;
    this.#values = names.map(() => undefined);
  }

  chunk(text: string): void {
    this.#offset += this.#text.length;
    this.#lines += lineEnds(this.#text, this.#text.length);
    this.#before = this.#text;
    this.#text = text;
  }

  #line(at: number): number {
    return this.#lines + lineEnds(this.#text, at - this.#offset) + 1;
  }

  /** A name may begin in the chunk before. */
  #slice(start: number, end: number): string {
    if (start >= this.#offset) return this.#text.slice(start - this.#offset, end - this.#offset);
    const begun = this.#before.slice(start - this.#offset);
    return begun + this.#text.slice(0, Math.max(0, end - this.#offset));
  }

  onopentagname(start: number, end: number): void {
    this.#name = this.#slice(start, end);
    this.#at = end;
    this.#values.fill(undefined);
  }

  onattribname(start: number, end: number): void {
    this.#attribute = -1;
    // most names differ in length already, and no string is made of them
    if (this.#lengths[end - start] !== true) return;
    this.#attribute = this.names.indexOf(this.#slice(start, end));
    if (this.#attribute >= 0) this.#values[this.#attribute] = '';
  }

  onattribdata(start: number, end: number): void {
    if (this.#attribute >= 0) this.#add(this.#slice(start, end));
  }

  onattribentity(codepoint: number): void {
    if (this.#attribute >= 0) this.#add(String.fromCodePoint(codepoint));
  }

  #add(text: string): void {
    const before = this.#values[this.#attribute]!;
    this.#values[this.#attribute] = before === '' ? text : before + text;
  }

  onopentagend(): void {
    this.#open.push(this.#name);
    this.listener.open(this.#name, this.#values, this.#where);
  }

  onselfclosingtag(): void {
    this.listener.open(this.#name, this.#values, this.#where);
    this.listener.close(this.#name);
  }

  onclosetag(start: number, end: number): void {
    const name = this.#slice(start, end);
    const open = this.#open.pop();
    if (name !== open) {
      const message = open === undefined ? `</${name}> closes nothing` : `</${name}> closes <${open}>`;
      throw new InvalidInputError('XML file', [{ path: `${this.file}:${this.#line(end)}`, message }]);
    }
    this.listener.close(name);
  }

  /** @throws InvalidInputError the file ends inside an element, or has none */
  end(): void {
    const open = this.#open.at(-1);
    if (open === undefined && this.#name !== '') return;
    const line = this.#lines + lineEnds(this.#text, this.#text.length) + 1;
    const message = open === undefined ? 'is no XML: no element' : `ends inside <${open}>`;
    throw new InvalidInputError('XML file', [{ path: `${this.file}:${line}`, message }]);
  }

  onattribend = ignore;
  oncdata = ignore;
  oncomment = ignore;
  ondeclaration = ignore;
  onend = ignore;
  onprocessinginstruction = ignore;
  ontext = ignore;
  ontextentity = ignore;
}

function lineEnds(text: string, until: number): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < until; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
