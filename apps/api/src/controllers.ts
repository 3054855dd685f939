import { ArtifactsController } from './captures/artifacts.controller.js';
import { CaptureCredentialsController } from './captures/capture-credentials.controller.js';
import { CaptureListController } from './captures/capture-list.controller.js';
import { CapturesController } from './captures/captures.controller.js';
import { HealthController } from './health/health.controller.js';
import { MetricsController } from './metrics/metrics.controller.js';
import { OAuthController } from './oauth/oauth.controller.js';
import { ConsentsController } from './subjects/consents.controller.js';
import { ReferencesController } from './subjects/references.controller.js';
import { SubjectsController } from './subjects/subjects.controller.js';

/** The API proper, in the order of its document; each of their routes is documented. */
export const API_CONTROLLERS = [
  OAuthController,
  SubjectsController,
  ConsentsController,
  ReferencesController,
  CapturesController,
  CaptureListController,
  ArtifactsController,
  CaptureCredentialsController,
  HealthController,
  MetricsController,
] as const;
