export { crc32c, maskedCrc32c } from './crc32c.js';
export {
  readTensorBoard,
  tensorBoardHeader,
  tensorBoardRecord,
  type TensorBoardEvent,
} from './tensorboard.js';
