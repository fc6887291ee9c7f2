import { hash } from 'node:crypto';
import { BundleFiles } from '../bundle/bundle-files.js';
import { NotABundle } from '../bundle/bundle-error.js';
import { ARTIFACTS, CHECKPOINTS, LATEST, LOG, MAX_NOTE_BYTES, MODELS } from '../bundle/layout.js';
import { decodeManifest, encodeManifest, ListedFile, MANIFEST, Manifest, manifestLimit } from '../bundle/manifest.js';
import { TileWriter } from '../bundle/tile-writer.js';
import { NoteError, NoteVerifier, parseVkey } from '../note/index.js';
import { ArtifactBytes, ArtifactCheck, DigestsIn } from './artifacts.js';
import { BundleSource } from './bundle-source.js';
import { CheckpointBook } from './checkpoints.js';
import { CompareTiles } from './compare-tiles.js';
import { Findings } from './findings.js';
import { walkLog } from './log-walk.js';
import { Report, reportOf } from './report.js';
import { TypeCount, UnknownBecause } from './types.js';

/** A signature of a model version (OpenSSF Model Signing), checked by who knows the format; a sentence when it is wrong. */
export type ModelSignatureProblem = (
  bundle: Buffer,
  about: {
    readonly path: string;
    readonly artifact: (sha256: string) => Promise<AsyncIterable<Uint8Array> | undefined>;
  },
) => Promise<string | undefined>;

export interface VerifyOptions {
  /** Verifier keys that the auditor brought. */
  readonly keys?: readonly NoteVerifier[];
  /** Earlier checkpoints that the auditor brought, by a name for each. */
  readonly checkpoints?: readonly { readonly label: string; readonly note: Buffer }[];
  readonly digestsIn?: DigestsIn;
  /** Beside those in the bundle. */
  readonly artifacts?: ArtifactBytes;
  readonly unknownBecause?: UnknownBecause;
  readonly modelSignatureProblem?: ModelSignatureProblem;
  readonly onProgress?: (events: number, of: number) => void;
}

const MAX_MODEL_SIGNATURE_BYTES = 64 * 1024 * 1024;

/** @throws NotABundle when it is none; what is wrong in one is in the report */
export async function verifyBundle(files: BundleFiles, options: VerifyOptions = {}): Promise<Report> {
  const bytes = await files.read(MANIFEST, manifestLimit);
  if (!bytes) throw new NotABundle(`${files.place} is no evidence bundle: it has no ${MANIFEST}`);
  return new BundleCheck(files, bytes, decodeManifest(bytes), options).run();
}

class BundleCheck {
  private readonly findings = new Findings();
  private readonly types: TypeCount;
  private readonly book: CheckpointBook;
  private readonly notes: string[] = [];
  private readonly known = new Set<string>([MANIFEST, LATEST]);

  constructor(
    private readonly files: BundleFiles,
    private readonly bytes: Buffer,
    private readonly manifest: Manifest,
    private readonly options: VerifyOptions,
  ) {
    this.types = new TypeCount(options.unknownBecause);
    const cameAlong = this.cameAlong();
    this.book = new CheckpointBook(this.findings, { given: options.keys ?? [], cameAlong }, manifest.origin);
  }

  async run(): Promise<Report> {
    const { findings, book, types, manifest, options, files } = this;
    const latest = await this.readCheckpoints();
    const size = latest?.size ?? manifest.size;
    const source = new BundleSource(files, manifest.segments, size, findings);
    const tiles = new CompareTiles(files, findings, size);
    const artifacts = this.artifactCheck();
    try {
      const walked = await walkLog(source.pages(), {
        findings,
        book,
        types,
        ...(artifacts && { artifacts }),
        tiles: new TileWriter(tiles),
        onProgress: (events) => options.onProgress?.(events, size),
      });
      if (walked.root === undefined)
        this.notes.push('no root could be computed: an event is missing, and its entry too');
      const models = await this.checkModels();
      for (const path of [...tiles.seen, ...source.segments.map((segment) => segment.path)]) this.known.add(path);
      const stored = this.checkArtifactFiles(artifacts);
      this.compareManifest({
        ...manifest,
        origin: latest?.origin ?? manifest.origin,
        size: walked.events,
        root: (walked.root ?? latest?.root)?.toString('base64') ?? manifest.root,
        segments: source.segments,
        checkpoints: await this.digests(CHECKPOINTS),
        types: Object.fromEntries(types.counts),
        ...(stored && { artifacts: stored }),
        models,
      });
      this.noteStrangers();
      return reportOf({
        kind: 'bundle',
        place: files.place,
        findings,
        book,
        types,
        walked,
        artifacts,
        notes: this.notes,
      });
    } finally {
      artifacts?.close();
    }
  }

  private cameAlong(): readonly NoteVerifier[] {
    return this.manifest.keys.flatMap((vkey) => {
      try {
        return [parseVkey(vkey)];
      } catch (error) {
        if (!(error instanceof NoteError)) throw error;
        this.findings.add('key-malformed', `a key in ${MANIFEST} is none: ${error.message}`);
        return [];
      }
    });
  }

  private async readCheckpoints() {
    const { files, book, findings, options } = this;
    for (const { label, note } of options.checkpoints ?? []) book.add({ label, note, outside: true });
    for (const path of this.below(CHECKPOINTS)) {
      const note = await this.small(path, MAX_NOTE_BYTES);
      if (note) book.add({ label: path, note, outside: false });
    }
    const note = await this.small(LATEST, MAX_NOTE_BYTES);
    if (note) {
      const last = this.below(CHECKPOINTS).at(-1);
      if (last === undefined || !(await this.small(last, MAX_NOTE_BYTES))?.equals(note))
        findings.add('file-altered', `${LATEST} and the last file of ${CHECKPOINTS} are not the same`);
      return book.add({ label: LATEST, note, outside: false, latest: true });
    }
    if (!files.sizes.has(LATEST))
      findings.add('file-missing', `${LATEST} is missing: nothing says how far the log goes`);
    return undefined;
  }

  private artifactCheck(): ArtifactCheck | undefined {
    const { digestsIn, artifacts: outside } = this.options;
    const inside = this.manifest.artifacts !== undefined || this.below(ARTIFACTS).length > 0;
    if (!digestsIn || (!inside && !outside)) return undefined;
    return new ArtifactCheck(this.findings, digestsIn, { open: (sha256) => this.openArtifact(sha256) });
  }

  private async openArtifact(sha256: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    const path = ARTIFACTS + sha256;
    return this.files.sizes.has(path) ? this.files.stream(path) : this.options.artifacts?.open(sha256);
  }

  /** A file that no event names was put there by somebody. */
  private checkArtifactFiles(check: ArtifactCheck | undefined): Manifest['artifacts'] {
    const paths = this.below(ARTIFACTS);
    if (paths.length === 0 && this.manifest.artifacts === undefined) return undefined;
    let bytes = 0;
    for (const path of paths) {
      bytes += this.files.sizes.get(path)!;
      this.known.add(path);
      if (check && !check.knows(path.slice(ARTIFACTS.length)))
        this.findings.add('artifact-unknown', `${path} is in the bundle, and no event names it`);
    }
    if (!check) this.notes.push(`the bundle has ${paths.length} artifacts, which were not checked`);
    return { files: paths.length, bytes };
  }

  private async checkModels(): Promise<readonly ListedFile[]> {
    const paths = this.below(MODELS);
    const { modelSignatureProblem } = this.options;
    if (paths.length > 0 && !modelSignatureProblem)
      this.notes.push(`the bundle has ${paths.length} signatures of models, which were not checked`);
    for (const path of modelSignatureProblem ? paths : []) {
      const bytes = await this.small(path, MAX_MODEL_SIGNATURE_BYTES);
      const artifact = (sha256: string) => this.openArtifact(sha256);
      const problem = bytes && (await modelSignatureProblem!(bytes, { path, artifact }));
      if (problem !== undefined) this.findings.add('model-signature-wrong', `${path}: ${problem}`);
    }
    return this.digests(MODELS);
  }

  private async digests(folder: string): Promise<readonly ListedFile[]> {
    const listed: ListedFile[] = [];
    for (const path of this.below(folder)) {
      this.known.add(path);
      const bytes = await this.small(path, MAX_MODEL_SIGNATURE_BYTES);
      if (bytes) listed.push({ path, sha256: hash('sha256', bytes, 'hex') });
    }
    return listed;
  }

  /** All that it says can be told from the rest; what differs was changed here or there. */
  private compareManifest(found: Manifest): void {
    const expected = encodeManifest(found);
    if (expected.equals(this.bytes)) return;
    const fields = Object.keys(found) as (keyof Manifest)[];
    const told = JSON.parse(encodeManifest(this.manifest).toString()) as Manifest;
    const shown = JSON.parse(expected.toString()) as Manifest;
    const wrong = fields.filter((field) => JSON.stringify(told[field]) !== JSON.stringify(shown[field]));
    const what =
      wrong.length === 0 ? 'is not written as Custody writes it' : `says other ${wrong.join(', ')} than what is there`;
    this.findings.add('manifest-wrong', `${MANIFEST} ${what}`);
  }

  private noteStrangers(): void {
    const strangers = [...this.files.sizes.keys()].filter((path) => !this.known.has(path));
    const inLog = strangers.filter((path) => path.startsWith(LOG));
    if (strangers.length === 0) return;
    const which = inLog[0] ?? strangers[0]!;
    this.notes.push(
      `${strangers.length} files are no part of the bundle and were not looked at, such as ${JSON.stringify(which)}`,
    );
  }

  private below(folder: string): readonly string[] {
    return [...this.files.sizes.keys()].filter((path) => path.startsWith(folder));
  }

  private async small(path: string, atMost: number): Promise<Buffer | undefined> {
    const size = this.files.sizes.get(path);
    if (size !== undefined && size > atMost) {
      this.findings.add('file-altered', `${path} is larger than such a file can be (${size} bytes)`);
      return undefined;
    }
    return this.files.read(path, atMost);
  }
}
