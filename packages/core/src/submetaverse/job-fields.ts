import { Job, JobFloat, JobInt, JobProgress } from './job-store.js';

/** Layout of the job store as plain numbers, for listeners in other packages, which cannot see the enums. */
export const jobFields = {
  NONE: Job.None,
  SIZE: JobFloat.Size,
  LOAD: JobFloat.Load,
  JOB_FLOATS: JobFloat.Stride,
  CREATED: JobInt.Created,
  DEVICE: JobInt.Device,
  SENSOR: JobInt.Sensor,
  NEXT: JobInt.Next,
  JOB_INTS: JobInt.Stride,
  SEND_STARTED: JobProgress.SendStarted,
  SENT: JobProgress.Sent,
  STARTED: JobProgress.Started,
  JOB_PROGRESS: JobProgress.Stride,
} as const;
