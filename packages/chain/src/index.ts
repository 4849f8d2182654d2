export { REGISTRY_ABI, REGISTRY_BYTECODE, SWAP_ABI, SWAP_BYTECODE } from './artefacts.js';
export { Chain, CHAIN_ID, REGISTRY, SWAP, type ContractCode, type Receipt } from './chain.js';
export { addressOfName, commitmentOf, keyOfName, lockId, type Hex } from './keys.js';
export { ledgerOf, paymentsOf, type LedgerEntry, type Payment } from './ledger.js';
export { messageOf, type Message } from './messages.js';
export { replay, signScript, type Genesis, type SignedScript } from './replay.js';
export { runLifecycle, ScriptRun, type LifecycleResult, type SentMessage } from './run-script.js';
export {
  COLLECTOR,
  COPIER,
  DEADLINE_S,
  PRODUCERS,
  PROVIDERS,
  Story,
  TAU,
  type PictureCodec,
  type StoryStep,
  type Work,
} from './story.js';
