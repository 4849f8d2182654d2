export {
  readTensorBoard,
  tensorBoardHeader,
  tensorBoardRecord,
  type TensorBoardEvent,
} from './tensorboard.js';
