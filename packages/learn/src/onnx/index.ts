export { exportOnnx } from './export.js';
export { withExternalData } from './external-data.js';
export { readOnnx, type OnnxModel } from './model.js';
export { plainProgram } from './plain.js';
export { onnxPolicy, type OnnxPolicyOptions } from './policy.js';
