import * as Comlink from 'comlink';
import { webCrypto } from '../body/sha';
import type { CaptureLocator } from '../capture/open';
import loadEngine from '../../build/engine.wasm?bytes';
import type { CaptureInfo, CaseEvent, Result } from './api';
import type { AnalysisWorkerApi } from './analysis-api';
import type { BodyWorkerApi } from './body.worker';
import type { EngineHost, EngineWorkerApi } from './engine-api';
import type { HashWorkerApi } from './hash.worker';
import { IN_USE_MILLISECONDS } from './give-way';
import { watch } from './life';
import { spawn, type WorkerName } from './spawn';

/** A worker at work: comlink's remote, the thread, and how to end it without an alarm. */
interface Running<T> {
  readonly remote: Comlink.Remote<T>;
  readonly end: () => void;
}

/** What is to be read next. */
interface Job {
  readonly file: File;
  readonly done: () => void;
}

/** How long a stopped run may take to hand over what there is before its worker is ended, in milliseconds. */
const STOP_MILLISECONDS = 1500;
const CHANGED_MILLISECONDS = 250;
/** Workers are told at this distance that the page is in use. */
const GIVE_WAY_MILLISECONDS = 50;
/** A second death of the analysis within this time is not answered by reading everything again. */
const REVIVE_MILLISECONDS = 60_000;
/** Why a run ended whose analysis is gone: there is nothing to be told about it. */
const GONE = 'gone';

/**
 * The page's side of the workers: starts, joins and replaces them, feeds them files, tells the page what happens.
 * A capture's rows live in the analysis worker; this object holds none.
 */
export class CaseClient {
  /** The analysis worker's questions. Replaced when that worker died; ask through this property each time. */
  readonly analysis: Comlink.Remote<AnalysisWorkerApi>;
  private readonly module: Promise<WebAssembly.Module>;
  private readonly queue: Job[] = [];
  private readonly files = new Map<number, { readonly file: File; readonly name: string; readonly locator: CaptureLocator }>();
  /** Captures as they were told last: what is to be brought back when the analysis died. */
  private told: readonly CaptureInfo[] = [];
  private revived = 0;
  private readonly passwords = new Map<number, (password: string | null) => void>();
  private engine: Running<EngineWorkerApi> | null = null;
  private body: Running<BodyWorkerApi> | null = null;
  private hasher: Running<HashWorkerApi> | null = null;
  private analysisWorker: Running<AnalysisWorkerApi>;
  /** Files that the body worker hashes, beside runs. */
  private hashing = 0;
  private running: { readonly job: Job; capture: number | null; fail: (why: string) => void; stopped: boolean } | null = null;
  private asked = 0;
  private version = 0;
  /** The analysis' version of which the views were told last, where no run goes on; −1 = of none. */
  private toldVersion = -1;
  /** Until when the workers were told to give way. */
  private gaveWay = 0;
  private changedTimer: ReturnType<typeof setTimeout> | null = null;
  private bytes = { columns: 0, engine: 0 };

  constructor(private readonly onEvent: (event: CaseEvent) => void) {
    this.module = loadEngine().then((bytes) => WebAssembly.compile(bytes));
    this.module.catch((error: unknown) => this.say('error', `The engine could not be loaded: ${words(error)}. Reload the page.`));
    this.analysisWorker = this.startAnalysis();
    // Views keep `analysis`; it stands for whichever worker is alive.
    this.analysis = new Proxy({} as Comlink.Remote<AnalysisWorkerApi>, {
      get: (_, name) => Reflect.get(this.analysisWorker.remote, name) as unknown,
    });
  }

  /** Captures, or zips of them; one file is read after the other. Resolves when their runs have ended. */
  async open(files: readonly File[]): Promise<void> {
    const ends = files.map((file) => new Promise<void>((done) => this.queue.push({ file, done })));
    this.tellQueue();
    void this.next();
    await Promise.all(ends);
  }

  /** Stops the run of a capture, or everything; what there is stays usable. */
  stop(capture?: number): void {
    if (capture === undefined) for (const job of this.queue.splice(0)) job.done();
    this.tellQueue();
    const { running, engine } = this;
    if (!running || !engine || (capture !== undefined && running.capture !== capture)) return;
    running.stopped = true;
    void engine.remote.stop();
    for (const [id, answer] of this.passwords) { this.passwords.delete(id); answer(null); }
    setTimeout(() => {
      if (this.running === running) {
        this.endEngine();
        running.fail('');
      }
    }, STOP_MILLISECONDS);
  }

  /** The person does something, or there is much to draw: what is under way leaves the processor to the page for so many milliseconds. */
  giveWay(milliseconds = IN_USE_MILLISECONDS): void {
    const until = performance.now() + milliseconds;
    if (until - this.gaveWay < GIVE_WAY_MILLISECONDS) return;
    this.gaveWay = until;
    for (const worker of [this.engine, this.body, this.hasher, this.analysisWorker]) void worker?.remote.giveWay(milliseconds);
  }

  /** Answers a password event; null = leave the file out. */
  password(capture: number, password: string | null): void {
    this.passwords.get(capture)?.(password);
    this.passwords.delete(capture);
  }

  /** Brings the packets of a capture back that was opened from the history. */
  async attach(file: File): Promise<Result<void>> {
    const found = await this.hash((body, module) => body.identities(module, file, file.name));
    let result: Result<void> = { ok: false, error: `${file.name} could not be read, or holds no capture.` };
    for (const { sha256, locator } of found) {
      const one = await this.analysis.attach(file, sha256, locator);
      if (one.ok || !result.ok) result = one;
    }
    await this.tellCaptures();
    return result;
  }

  /** Bytes of WASM memory and columns, as the workers told last. */
  memory(): number {
    return this.bytes.columns + this.bytes.engine;
  }

  // ---------------------------------------------------------------------------------------------------------- the workers

  private start<T extends { hold(name: string): Promise<void> }>(name: WorkerName, died: (why: string) => void): Running<T> {
    const worker = spawn(name);
    const remote = Comlink.wrap<T>(worker);
    const unwatch = watch(worker, remote as unknown as { hold(name: string): Promise<unknown> }, died);
    return {
      remote,
      end: () => { unwatch(); worker.terminate(); },
    };
  }

  private startAnalysis(): Running<AnalysisWorkerApi> {
    this.toldVersion = -1;
    const running = this.start<AnalysisWorkerApi>('analysis', (why) => {
      running.end();
      this.endBody();
      this.analysisWorker = this.startAnalysis();
      this.onEvent({ type: 'captures', captures: [] });
      this.revive(why);
    });
    void running.remote.listen(Comlink.proxy((severity: 'info' | 'warning' | 'error', text: string) => this.say(severity, text)));
    void this.module.then((module) => running.remote.prepare(module, __SINGLE_FILE__)).then(
      (message) => { if (message) this.say('warning', message); },
      (error: unknown) => this.say('error', `The analysis could not be started: ${words(error)}. Reload the page.`),
    );
    return running;
  }

  /** Brings the case back after the analysis died: kept captures from the history, the others by reading them again. */
  private revive(why: string): void {
    const files = new Set([...this.files.values()].map(({ file }) => file));
    const job = this.running?.job;
    const kept = this.told.filter(({ id, sha256 }) => !this.files.has(id) && sha256 !== '').map(({ sha256 }) => sha256);
    if (job) files.add(job.file);
    this.files.clear();
    this.told = [];
    // What brought it down may do so again: once is tried.
    const again = Date.now() - this.revived > REVIVE_MILLISECONDS;
    this.revived = Date.now();
    this.say('error', `The analysis stopped unexpectedly (${why}) and was started again. ${again && files.size > 0 ? 'Your captures are read once more.' : 'Open the capture again to see it; what was kept is in the history.'}`);
    if (again) for (const file of files) this.queue.push({ file, done: () => undefined });
    this.running?.fail(GONE);
    void (async () => {
      for (const sha256 of again ? kept : []) await this.analysis.openHistory(sha256);
      if (kept.length > 0) await this.tellCaptures();
      void this.next();
    })().catch(() => undefined);
    this.tellQueue();
  }

  private async bodyWorker(): Promise<Running<BodyWorkerApi>> {
    await this.module;
    this.body ??= this.start<BodyWorkerApi>('body', (why) => this.bodyDied('decodes', why));
    return this.body;
  }

  /** The worker that hashes bodies for the body worker; null where there is no Web Crypto. */
  private hashWorker(): Running<HashWorkerApi> | null {
    return webCrypto() && (this.hasher ??= this.start<HashWorkerApi>('hash', (why) => this.bodyDied('hashes', why)));
  }

  /** One that bodies need is gone, and with it what it had. */
  private bodyDied(does: string, why: string): void {
    this.endBody();
    this.say('warning', `The worker that ${does} files stopped unexpectedly (${why}) and was started again.`);
    this.running?.fail(`The worker that ${does} files stopped unexpectedly. What was found before is kept; open the file again to read all of it.`);
  }

  private async engineWorker(): Promise<Running<EngineWorkerApi>> {
    if (this.engine) return this.engine;
    const module = await this.module;
    const body = await this.bodyWorker();
    const engine = this.start<EngineWorkerApi>('engine', (why) => {
      this.endEngine();
      this.say('warning', `The engine stopped unexpectedly (${why}) and was started again.`);
      this.running?.fail('The engine stopped unexpectedly. What was found before is kept; open the file again to read all of it.');
    });
    this.engine = engine;
    const toBody = new MessageChannel();
    const engineToAnalysis = new MessageChannel();
    const bodyToAnalysis = new MessageChannel();
    await this.analysisWorker.remote.connect(Comlink.transfer(engineToAnalysis.port1, [engineToAnalysis.port1]));
    await this.analysisWorker.remote.connect(Comlink.transfer(bodyToAnalysis.port1, [bodyToAnalysis.port1]));
    const hasher = this.hashWorker();
    const toHash = hasher && new MessageChannel();
    if (hasher && toHash) await hasher.remote.connect(Comlink.transfer(toHash.port1, [toHash.port1]));
    await body.remote.connect(
      module, Comlink.transfer(toBody.port2, [toBody.port2]), Comlink.transfer(bodyToAnalysis.port2, [bodyToAnalysis.port2]),
      toHash && Comlink.transfer(toHash.port2, [toHash.port2]),
    );
    await engine.remote.connect(module, Comlink.transfer(toBody.port1, [toBody.port1]), Comlink.transfer(engineToAnalysis.port2, [engineToAnalysis.port2]));
    return engine;
  }

  private endEngine(): void {
    this.engine?.end();
    this.engine = null;
    this.bytes.engine = 0;
  }

  private endBody(): void {
    this.body?.end();
    this.body = null;
    this.hasher?.end();
    this.hasher = null;
    // The engine's port leads to the one that is gone.
    this.endEngine();
  }

  // ------------------------------------------------------------------------------------------------------------- the runs

  private async next(): Promise<void> {
    if (this.running) return;
    const job = this.queue.shift();
    if (!job) {
      this.rest();
      return;
    }
    let fail: (why: string) => void = () => undefined;
    const failed = new Promise<string>((resolve) => { fail = resolve; });
    const running = { job, capture: null as number | null, fail, stopped: false };
    this.running = running;
    this.tellQueue();
    try {
      const engine = await this.engineWorker();
      const host: EngineHost = {
        begin: (name, size, locator) => this.begin(running, job.file, name, size, locator),
        progress: (progress) => { this.onEvent({ type: 'progress', progress }); this.changed(); },
        password: (name, wrong) => this.askPassword(name, wrong),
        problem: (text) => this.say('warning', text),
        end: (capture) => { void this.ended(capture); },
      };
      const outcome = await Promise.race([
        engine.remote.run(job.file, Comlink.proxy(host)),
        failed.then((why): Result<void> => ({ ok: false, error: why })),
      ]);
      if (!outcome.ok) await this.failed(running, outcome.error);
    } catch (error) {
      await this.failed(running, words(error));
    } finally {
      this.running = null;
      await this.tellCaptures().catch(() => undefined);
      job.done();
      this.tellQueue();
      void this.next();
    }
  }

  private async begin(
    running: { capture: number | null }, file: File, name: string, size: number, locator: Parameters<EngineHost['begin']>[2],
  ): Promise<number> {
    const id = await this.analysis.newCapture();
    running.capture = id;
    this.files.set(id, { file, name, locator });
    await this.analysis.begin({ id, name, size, locator }, file);
    await this.tellCaptures();
    return id;
  }

  /** A run that did not come to its end by itself: what arrived is kept and said to be a part. */
  private async failed(running: { capture: number | null; stopped: boolean; job: Job }, why: string): Promise<void> {
    const { capture, stopped, job } = running;
    if (why === GONE) return;
    const message = stopped ? 'Stopped. What was read until then is here; open the file again to read all of it.' : why;
    if (capture === null) {
      if (!stopped) this.say('error', `${job.file.name} could not be read: ${why}`);
      return;
    }
    await this.analysis.finish(capture, { state: stopped ? 'stopped' : 'failed', message, format: '' }).catch(() => undefined);
    void this.ended(capture);
  }

  /** The rows are there; the file's hash follows in the background and makes the capture known to the history. */
  private async ended(capture: number): Promise<void> {
    await this.tellCaptures();
    this.changed();
    const known = this.files.get(capture);
    if (!known) return;
    try {
      const sha256 = await this.hash(async (body, module) => {
        // A person waits for the indicators, nobody for the hash.
        await this.analysis.settled();
        return body.sha256(module, known.file, known.name, known.locator);
      });
      if (sha256 !== '') await this.analysis.setSha256(capture, sha256);
    } catch {
      // Without the hash the capture is not kept; the history says what it holds.
    }
    await this.tellCaptures();
    this.changed();
  }

  /** The body worker for something beside a run; it is not ended meanwhile. */
  private async hash<T>(run: (body: Comlink.Remote<BodyWorkerApi>, module: WebAssembly.Module) => Promise<T>): Promise<T> {
    this.hashing++;
    try {
      const module = await this.module;
      return await run((await this.bodyWorker()).remote, module);
    } finally {
      this.hashing--;
      this.rest();
    }
  }

  /** Workers that have nothing to do are ended: that gives back their memory at once, some 200 MiB after a large capture. */
  private rest(): void {
    if (this.running !== null || this.queue.length > 0) return;
    if (this.hashing === 0) this.endBody();
    else this.endEngine();
  }

  private askPassword(name: string, wrong: boolean): Promise<string | null> {
    const id = --this.asked;
    return new Promise((answer) => {
      this.passwords.set(id, answer);
      this.onEvent({ type: 'password', capture: id, name, wrong });
    });
  }

  private async tellCaptures(): Promise<void> {
    const captures: readonly CaptureInfo[] = await this.analysis.captures();
    this.told = captures;
    this.onEvent({ type: 'captures', captures });
  }

  /** What is being read and what waits, so that the page does not say "Done" in between. */
  private tellQueue(): void {
    const jobs = [...(this.running ? [this.running.job] : []), ...this.queue];
    this.onEvent({ type: 'queue', names: jobs.map(({ file }) => file.name) });
  }

  /** Views may ask again, four times a second at the most. */
  private changed(): void {
    if (this.changedTimer !== null) return;
    this.changedTimer = setTimeout(() => {
      this.changedTimer = null;
      void this.tellChange().catch(() => undefined);
    }, CHANGED_MILLISECONDS);
  }

  /**
   * Where no run goes on only what is new is told: that a capture was hashed and kept changes no row, and a person may be
   * in the middle of them by then.
   */
  private async tellChange(): Promise<void> {
    const { analysis } = this;
    if (this.running) {
      this.toldVersion = -1;
      void analysis.memory().then((bytes) => { this.bytes.columns = bytes; }).catch(() => undefined);
    } else {
      await analysis.settled();
      const [version, bytes] = await Promise.all([analysis.version(), analysis.memory()]);
      this.bytes.columns = bytes;
      if (version === this.toldVersion) return;
      this.toldVersion = version;
    }
    this.onEvent({ type: 'changed', version: ++this.version });
    void this.engine?.remote.memory().then((bytes) => { this.bytes.engine = bytes; }).catch(() => undefined);
  }

  private say(severity: 'info' | 'warning' | 'error', text: string): void {
    this.onEvent({ type: 'notice', severity, text });
  }
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
