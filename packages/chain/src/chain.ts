import { createBlock } from '@ethereumjs/block';
import type { Block } from '@ethereumjs/block';
import { createCustomCommon, Hardfork, Mainnet } from '@ethereumjs/common';
import type { Common } from '@ethereumjs/common';
import { MerklePatriciaTrie } from '@ethereumjs/mpt';
import { Caches, MerkleStateManager } from '@ethereumjs/statemanager';
import { createLegacyTx } from '@ethereumjs/tx';
import type { LegacyTx } from '@ethereumjs/tx';
import { Account, Address, bytesToHex, hexToBytes } from '@ethereumjs/util';
import { createVM, runTx } from '@ethereumjs/vm';
import type { VM } from '@ethereumjs/vm';
import { InternalError } from '@metalore/core/errors';
import { decodeErrorResult, encodeAbiParameters, parseAbi } from 'viem';
import { REGISTRY_BYTECODE, SWAP_BYTECODE } from './artefacts.js';
import type { Hex } from './keys.js';

/** Where the contracts stand from genesis on. */
export const REGISTRY: Hex = `0x${'0'.repeat(36)}1001`;
export const SWAP: Hex = `0x${'0'.repeat(36)}1002`;

/** In the signatures of transactions, so that they count nowhere else. */
export const CHAIN_ID = 1337;
/** Of a block, and of every transaction. */
export const GAS_LIMIT = 30_000_000n;
const ERRORS = parseAbi(['error Error(string)', 'error Panic(uint256)']);

/** What became of a transaction. */
export interface Receipt {
  readonly ok: boolean;
  /** Why it was refused. */
  readonly revert?: string;
  readonly gas: number;
}

/** What the contracts are deployed from. */
export interface ContractCode {
  readonly registry: Hex;
  readonly swap: Hex;
}

/** Something that a contract said. */
export interface ChainEvent {
  readonly address: Hex;
  readonly topics: readonly Hex[];
  readonly data: Hex;
  /** Of its block, Unix seconds. */
  readonly time: number;
}

/** The rules that all our chains run by. */
export function chainRules(): Common {
  return createCustomCommon({ chainId: CHAIN_ID }, Mainnet, { hardfork: Hardfork.Shanghai });
}

/** A chain with the contracts Registry and Swap, one transaction a block, gas at a price of zero. */
export class Chain {
  /** What the contracts said, in order. */
  readonly events: ChainEvent[] = [];
  /** Code of the contracts as it stands on the chain. */
  readonly code = new Map<Hex, Hex>();
  readonly #vm: VM;
  readonly #mined: Block;
  readonly #sent: LegacyTx;
  #number = 0n;
  #time: bigint;

  private constructor(common: Common, vm: VM, start: bigint) {
    this.#vm = vm;
    this.#mined = createBlock(
      { header: { gasLimit: GAS_LIMIT, baseFeePerGas: 0n } },
      { common, skipConsensusFormatValidation: true, freeze: false },
    );
    this.#sent = createLegacyTx({ gasPrice: 0n, gasLimit: GAS_LIMIT }, { common, freeze: false });
    this.#time = start;
  }

  /**
   * Lays the genesis state out.
   *
   * @param balances wei by address
   */
  static async create(
    { start, deposit, tau }: { start: number; deposit: bigint; tau: number },
    balances: ReadonlyMap<Hex, bigint>,
    code: ContractCode = { registry: REGISTRY_BYTECODE, swap: SWAP_BYTECODE },
  ): Promise<Chain> {
    const common = chainRules();
    // nodes are kept decoded: reading them back out of the database is a tenth of a transaction
    const trie = new MerklePatriciaTrie({ useKeyHashing: true, common, cacheSize: 100_000 });
    const stateManager = new MerkleStateManager({ common, caches: new Caches(), trie });
    const vm = await createVM({ common, stateManager });
    const chain = new Chain(common, vm, BigInt(start));
    await chain.#place(
      REGISTRY,
      `${code.registry}${encodeAbiParameters(
        [{ type: 'uint256' }, { type: 'uint256' }, { type: 'address' }],
        [deposit, BigInt(tau), SWAP],
      ).slice(2)}`,
    );
    await chain.#place(
      SWAP,
      `${code.swap}${encodeAbiParameters([{ type: 'address' }], [REGISTRY]).slice(2)}`,
    );
    for (const [address, balance] of balances) {
      await vm.stateManager.putAccount(addressOf(address), new Account(0n, balance));
    }
    // the trie is brought up to date when its root is asked for, not after every transaction
    await vm.evm.journal.checkpoint();
    return chain;
  }

  /** Of the last block, Unix seconds. */
  get time(): number {
    return Number(this.#time);
  }

  /** Moves time forward without a block. */
  wait(seconds: number): void {
    this.#time += BigInt(seconds);
  }

  /** Mines a block, one second after the last, with one transaction. */
  async send(from: Hex, to: Hex, data: Hex, value = 0n): Promise<Receipt> {
    this.#time += 1n;
    this.#number += 1n;
    const sender = addressOf(from);
    const account = await this.#vm.stateManager.getAccount(sender);
    if ((account?.balance ?? 0n) < value) return { ok: false, revert: 'insufficient balance', gas: 0 };
    const tx = this.#transaction(sender, {
      nonce: account?.nonce ?? 0n,
      to: addressOf(to),
      data: hexToBytes(data),
      value,
    });
    const { execResult, receipt, totalGasSpent } = await runTx(this.#vm, { tx, block: this.#block() });
    const gas = Number(totalGasSpent);
    if (execResult.exceptionError === undefined) {
      for (const [address, topics, said] of receipt.logs) {
        this.events.push({
          address: bytesToHex(address),
          topics: topics.map((topic) => bytesToHex(topic)),
          data: bytesToHex(said),
          time: this.time,
        });
      }
      return { ok: true, gas };
    }
    return {
      ok: false,
      revert: reasonOf(bytesToHex(execResult.returnValue), execResult.exceptionError.error),
      gas,
    };
  }

  async balance(address: Hex): Promise<bigint> {
    return (await this.#vm.stateManager.getAccount(addressOf(address)))?.balance ?? 0n;
  }

  /** The answer of a function that changes nothing. */
  async call(to: Hex, data: Hex): Promise<Hex> {
    // also a call that changes nothing leaves a trace at who calls
    await this.#vm.evm.journal.checkpoint();
    const { execResult } = await this.#vm.evm.runCall({
      to: addressOf(to),
      data: hexToBytes(data),
      block: this.#block(),
      isStatic: true,
    });
    await this.#vm.evm.journal.revert();
    return bytesToHex(execResult.returnValue);
  }

  async stateRoot(): Promise<Hex> {
    await this.#vm.evm.journal.commit();
    const root = await this.#vm.stateManager.getStateRoot();
    await this.#vm.evm.journal.checkpoint();
    return bytesToHex(root);
  }

  /** Puts the code that a constructor returns at an address. */
  async #place(address: Hex, code: string): Promise<void> {
    const { execResult, createdAddress } = await this.#vm.evm.runCall({
      data: hexToBytes(code as Hex),
      gasLimit: GAS_LIMIT,
      block: this.#block(),
    });
    if (execResult.exceptionError !== undefined || createdAddress === undefined) {
      throw new InternalError(`contract at ${address} does not deploy: ${execResult.exceptionError?.error}`);
    }
    const placed = addressOf(address);
    await this.#vm.stateManager.putAccount(placed, new Account(1n, 0n));
    await this.#vm.stateManager.putCode(placed, execResult.returnValue);
    this.code.set(address, bytesToHex(execResult.returnValue));
    await this.#vm.stateManager.deleteAccount(createdAddress);
    await this.#vm.stateManager.deleteAccount(addressOf(`0x${'0'.repeat(40)}`));
  }

  /** The block that is being mined: one object, as making one takes longer than most transactions. */
  #block(): Block {
    const header: { number: bigint; timestamp: bigint } = this.#mined.header;
    header.number = this.#number;
    header.timestamp = this.#time;
    return this.#mined;
  }

  /** A transaction of a sender who is known: signing it and recovering the sender would be most of the work. */
  #transaction(sender: Address, fields: Sent): LegacyTx {
    const tx = this.#sent as LegacyTx & Sent;
    Object.assign(tx, fields, { cache: {} });
    tx.getSenderAddress = () => sender;
    tx.isSigned = () => true;
    return tx;
  }
}

interface Sent {
  nonce: bigint;
  to: Address;
  data: Uint8Array;
  value: bigint;
}

/** As the machine has it. */
export function addressOf(hex: Hex): Address {
  return new Address(hexToBytes(hex));
}

/** What a contract said when it refused, or the error of the machine. */
function reasonOf(data: Hex, otherwise: string): string {
  if (data === '0x') return otherwise;
  const { errorName, args } = decodeErrorResult({ abi: ERRORS, data });
  return errorName === 'Error' ? String(args?.[0]) : `panic ${String(args?.[0])}`;
}
