/** Token of the stage queue this process has opened. */
export const STAGE_QUEUE = Symbol('stage queue');
