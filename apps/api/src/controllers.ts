import { ArtifactsController } from './captures/artifacts.controller.js';
import { CaptureCredentialsController } from './captures/capture-credentials.controller.js';
import { CaptureEventsController } from './captures/capture-events.controller.js';
import { CaptureListController } from './captures/capture-list.controller.js';
import { CaptureLabelsController } from './captures/capture-labels.controller.js';
import { CapturesController } from './captures/captures.controller.js';
import { ClientsController } from './clients/clients.controller.js';
import { FaceSessionsController } from './face-sessions/face-sessions.controller.js';
import { HealthController } from './health/health.controller.js';
import { MetricsController } from './metrics/metrics.controller.js';
import { OAuthController } from './oauth/oauth.controller.js';
import { PoliciesController } from './policies/policies.controller.js';
import { SimulationsController } from './policies/simulations.controller.js';
import { ReceiptsController } from './receipts/receipts.controller.js';
import { AuditController } from './audit/audit.controller.js';
import { AttemptsController } from './subjects/attempts.controller.js';
import { AuthController } from './people/auth.controller.js';
import { SessionsController } from './people/sessions.controller.js';
import { UsersController } from './people/users.controller.js';
import { ConsentsController } from './subjects/consents.controller.js';
import { ReferencesController } from './subjects/references.controller.js';
import { SubjectsController } from './subjects/subjects.controller.js';
import { WebhookDeliveriesController } from './webhooks/webhook-deliveries.controller.js';
import { WebhookEndpointsController } from './webhooks/webhook-endpoints.controller.js';
import { TenantController } from './tenant/tenant.controller.js';

/** The API proper, in the order of its document; each of their routes is documented. */
export const API_CONTROLLERS = [
  OAuthController,
  AuthController,
  SessionsController,
  UsersController,
  ClientsController,
  TenantController,
  SubjectsController,
  ConsentsController,
  ReferencesController,
  AttemptsController,
  CapturesController,
  CaptureEventsController,
  CaptureListController,
  ArtifactsController,
  CaptureCredentialsController,
  ReceiptsController,
  PoliciesController,
  SimulationsController,
  CaptureLabelsController,
  WebhookEndpointsController,
  WebhookDeliveriesController,
  FaceSessionsController,
  AuditController,
  HealthController,
  MetricsController,
] as const;
