/** The probe template, bound to its model. */
export const PROBE = 'probe';
/** Landmarks and pose of the usable frames. */
export const LANDMARKS = 'landmarks';
/** The scalar that names the model of the probe template. */
export const TEMPLATE_MODEL = 'templateModel';
/** The scalar of extraction that tells how well the frames' templates agree. */
export const CONSISTENCY = 'consistency';
/** The scalar of extraction that tells how well groups of them agree. */
export const GROUP_CONSISTENCY = 'groupConsistency';
