import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { randomSeed } from '../../web/engine/run';
import { sumCounters } from '../../web/engine/sharing';
import { WRITTEN_LOGS, type WrittenLog } from '../../web/logs/fields';
import { NODE_COLUMN_BYTES } from '../../web/logs/spill';
import type { LogFormat } from '../arguments';
import type { Analysed, AnalyseOptions } from '../captures';
import { WriteBehind } from '../write-behind';
import { whyAgain, type Asking } from './compare';
import type { LineBatch } from './lines';
import { LogFile } from './log-file';
import { mergeLines } from './merge';
import type { FromWorker, ShareEnd, ToWorker, WorkerSetting } from './messages';

/** Bytes that go to the workers at once. */
const SLOT_BYTES = 1 << 20;
/** Slots under way: what a worker may be ahead of another. */
const SLOTS = 16;

/** Messages of one worker, by what they answer. */
class Member {
  private readonly inbox: FromWorker[] = [];
  private wake: (() => void) | null = null;
  private failure: Error | null = null;

  constructor(readonly worker: Worker, private readonly taken: (slot: number) => void, private readonly failed: (error: Error) => void) {
    worker.on('message', (message: FromWorker) => {
      if (message.type === 'taken') this.taken(message.slot);
      else if (message.type === 'failed') this.fail(new Error(message.message));
      else {
        this.inbox.push(message);
        this.wake?.();
      }
    });
    worker.on('error', (error: Error) => this.fail(new Error(`A thread of the analysis broke off: ${error.message}`)));
    worker.on('exit', (code) => this.fail(new Error(`A thread of the analysis ended before its time (${code}).`)));
  }

  fail(error: Error): void {
    if (this.failure) return;
    this.failure = error;
    this.wake?.();
    this.failed(error);
  }

  send(message: ToWorker, transfer: ArrayBuffer[] = []): void {
    this.worker.postMessage(message, transfer);
  }

  /** The next message, which has to be of this type. */
  async answer<T extends FromWorker['type']>(type: T): Promise<Extract<FromWorker, { type: T }>> {
    for (;;) {
      if (this.failure) throw this.failure;
      const message = this.inbox.shift();
      if (message) {
        if (message.type !== type) throw new Error(`a worker answered ${message.type} to ${type}`);
        return message as Extract<FromWorker, { type: T }>;
      }
      await new Promise<void>((resolve) => { this.wake = resolve; });
      this.wake = null;
    }
  }
}

/**
 * Workers that read captures together: this thread reads the file and hands every byte to all of them, each keeps its share
 * of the packets (assembly/deal), and this thread puts their lines together.
 */
export class Team {
  private readonly members: Member[] = [];
  private readonly slots: SharedArrayBuffer[] = [];
  private readonly free: number[] = [];
  /** Workers that have not taken a slot yet. */
  private readonly holders: number[] = [];
  private roomy: (() => void) | null = null;
  private failure: Error | null = null;
  private captures = 0;

  /**
   * @param entry the program, which calls `work` in a worker
   * @param size how many workers
   */
  constructor(entry: URL, module: WebAssembly.Module, size: number) {
    for (let i = 0; i < SLOTS; i++) {
      this.slots.push(new SharedArrayBuffer(SLOT_BYTES));
      this.free.push(i);
      this.holders.push(0);
    }
    const workerData: WorkerSetting = { job: 'share', module, slots: this.slots, columnBytes: Math.floor(NODE_COLUMN_BYTES / size) };
    for (let i = 0; i < size; i++) {
      // eslint-disable-next-line no-restricted-syntax -- Node's workers know no Content-Security-Policy
      const worker = new Worker(entry, { workerData });
      this.members.push(new Member(worker, (slot) => this.taken(slot), (error) => {
        this.failure ??= error;
        this.roomy?.();
      }));
    }
  }

  private taken(slot: number): void {
    const left = (this.holders[slot] ?? 1) - 1;
    this.holders[slot] = left;
    if (left > 0) return;
    this.free.push(slot);
    this.roomy?.();
  }

  private async slot(): Promise<number> {
    for (;;) {
      if (this.failure) throw this.failure;
      const slot = this.free.pop();
      if (slot !== undefined) return slot;
      await new Promise<void>((resolve) => { this.roomy = resolve; });
      this.roomy = null;
    }
  }

  /**
   * Reads a capture. An error of a worker is thrown.
   */
  async analyse(chunks: AsyncIterable<Uint8Array>, { hashes = true, once = false }: AnalyseOptions): Promise<Analysed> {
    const capture = this.captures++;
    const members = once ? this.members.slice(0, 1) : this.members;
    const seed = randomSeed();
    members.forEach((member, share) => member.send({ type: 'begin', capture, hashes, share: { shares: members.length, share, seed } }));
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.length; at += SLOT_BYTES) {
        const piece = chunk.subarray(at, at + SLOT_BYTES);
        const slot = await this.slot();
        new Uint8Array(this.slots[slot] ?? new SharedArrayBuffer(0)).set(piece);
        this.holders[slot] = members.length;
        for (const member of members) member.send({ type: 'bytes', capture, slot, length: piece.length });
      }
      if (this.failure) throw this.failure;
    }
    for (const member of members) member.send({ type: 'finish', capture });
    const ends: ShareEnd[] = [];
    for (const member of members) ends.push((await member.answer('finished')).end);
    const [first] = ends;
    if (!first) throw new Error('a team without workers');
    const rows = Object.fromEntries(WRITTEN_LOGS.map((log) => [log, ends.reduce((sum, end) => sum + (end.rows[log] ?? 0), 0)]));
    return {
      tables: new Map(), outcome: first.outcome, counters: sumCounters(ends.map((end) => end.counters)),
      store: {
        problem: ends.find((end) => end.problem !== '')?.problem ?? '',
        close: () => { for (const member of members) member.send({ type: 'drop', capture }); },
      },
      far: {
        rows, links: first.links, again: once ? '' : await whyAgain(ends, this.asking(capture, members)),
        write: (folder, format) => this.write(capture, members, folder, format),
      },
    };
  }

  /** What `whyAgain` asks the workers. */
  private asking(capture: number, members: readonly Member[]): Asking {
    return {
      strays: async () => {
        for (const member of members) member.send({ type: 'strays', capture });
        const keys: Float64Array[] = [];
        for (const member of members) keys.push((await member.answer('strays')).keys);
        return keys;
      },
      met: async (keys) => {
        members.forEach((member, share) => member.send({ type: 'met', capture, keys: keys[share] ?? new Float64Array(0) }));
        let met = false;
        for (const member of members) met = (await member.answer('met')).met || met;
        return met;
      },
    };
  }

  private async write(capture: number, members: readonly Member[], folder: string, format: LogFormat): Promise<void> {
    mkdirSync(folder, { recursive: true });
    for (const member of members) member.send({ type: 'write', capture, format });
    const files = new WriteBehind();
    try {
      for (const log of WRITTEN_LOGS) {
        const sink = new LogFile(files, join(folder, `${log}.log`));
        await mergeLines(members.map((member) => batchesOf(member, capture, log)), sink);
        await sink.flush();
      }
    } finally {
      await files.close();
    }
  }

  /** Ends the workers. */
  async end(): Promise<void> {
    await Promise.all(this.members.map(({ worker }) => worker.removeAllListeners('exit').terminate()));
  }
}

async function* batchesOf(member: Member, capture: number, log: WrittenLog): AsyncGenerator<LineBatch, void> {
  for (;;) {
    const { batch, log: which } = await member.answer('lines');
    if (which !== log) throw new Error(`lines of ${which} came for ${log}`);
    if (!batch) return;
    member.send({ type: 'more', capture });
    yield batch;
  }
}

