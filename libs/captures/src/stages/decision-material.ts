import { decodeTemplate, type ProtectedTemplate, type Template } from '#biometrics';
import type { DataKey, KeyContext, Keyring } from '#crypto';
import type { UnitOfWork } from '#database';
import { DuplicateIndex, type StoredTemplateKey, type SubjectEntity, TemplateKey } from '#subjects';
import type { StageInput } from '../stage-transaction.js';
import { PROBE, TEMPLATE_MODEL } from './output-names.js';
import type { SealedOutputs } from './sealed-outputs.js';

export interface MaterialSources {
  readonly unitOfWork: UnitOfWork;
  readonly keyring: Keyring;
  readonly outputs: SealedOutputs;
}

/** What a decision needs in clear: opened before its transaction, because keys and blobs may be far, and wiped after it. */
export class DecisionMaterial {
  private constructor(
    readonly dataKey: DataKey,
    /** Null when extraction made none. */
    readonly probe: Template | null,
    private readonly templateKey: TemplateKey | null,
    /** The probe as the subject's references are turned; null without a subject, a probe, or a template key. */
    readonly turned: ProtectedTemplate | null,
    /** Null unless this enrolment has to look for duplicates. */
    readonly index: DuplicateIndex | null,
    private readonly before: StoredTemplateKey | null,
  ) {}

  static async prepare(
    input: StageInput,
    dataKey: DataKey,
    { unitOfWork, keyring, outputs }: MaterialSources,
  ): Promise<DecisionMaterial> {
    const { capture, policy, templateKey: before } = input;
    const probe = await readProbe(input, dataKey, outputs);
    const templateKey = probe && (await openTemplateKey(input, keyring));
    const turned =
      templateKey && probe ? templateKey.transform(probe.modelId, probe.dim).protect(probe) : null;
    const searches = capture.purpose === 'enrolment' && policy.enrolment.duplicates !== 'off';
    const index = probe && searches ? await DuplicateIndex.open(unitOfWork, keyring, capture.tenantId) : null;
    return new DecisionMaterial(dataKey, probe, templateKey, turned, index, before);
  }

  /** The template key that a first enrolment has drawn and has to store; null when the subject had one. */
  get drawnKey(): StoredTemplateKey | null {
    return this.before ? null : (this.templateKey?.stored ?? null);
  }

  /** @throws Error when the subject was re-keyed since the material was prepared: the next attempt prepares anew */
  requireCurrent({ templateKey }: SubjectEntity): void {
    if (templateKey?.id !== this.before?.id) throw new Error('The template key was replaced meanwhile');
  }

  dispose(): void {
    this.templateKey?.dispose();
    this.index?.dispose();
  }
}

async function readProbe(input: StageInput, key: DataKey, outputs: SealedOutputs): Promise<Template | null> {
  const extraction = input.results.get('extraction');
  const model = extraction?.scalars[TEMPLATE_MODEL];
  if (typeof model !== 'string') return null;
  const bytes = await outputs.readOutput(key, input, extraction, PROBE, model);
  return bytes && decodeTemplate(bytes);
}

/** An enrolment may draw a key; a verification without one has nothing to be compared with. */
async function openTemplateKey(
  { capture, templateKey }: StageInput,
  keyring: Keyring,
): Promise<TemplateKey | null> {
  const { tenantId, subjectId, purpose } = capture;
  if (!subjectId || purpose === 'liveness') return null;
  const owner: KeyContext = { tenantId, ownerKind: 'subject', ownerId: subjectId };
  if (templateKey) return TemplateKey.open(keyring, owner, templateKey);
  return purpose === 'enrolment' ? TemplateKey.draw(keyring, owner) : null;
}
