/** `unmeasured` is neither passed nor failed: it proves nothing against the person and nothing for them. */
export type GateState = 'passed' | 'failed' | 'unmeasured';
