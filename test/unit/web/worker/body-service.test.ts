import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ENCODING_IDENTITY } from '../../../../assembly/abi/enums';
import { BodyBatchWriter } from '../../../../web/body/batch';
import type { PackedChunk } from '../../../../web/engine/chunk';
import { LogTable } from '../../../../web/logs/table';
import type { ShaProvider } from '../../../../web/body/sha';
import { BodyService } from '../../../../web/worker/body-service';
import type { FromBody } from '../../../../web/worker/body-messages';
import { compileDigests } from '../../../support/digest-engine';
import { packRows } from '../../../support/table-builder';

const engine = compileDigests();
const content = new TextEncoder().encode('<html>here it is</html>');
const sha256 = createHash('sha256').update(content).digest('hex');

function setUp(append: (capture: number, chunks: readonly PackedChunk[]) => Promise<void> = async () => undefined, sha: ShaProvider = null, pace?: ConstructorParameters<typeof BodyService>[5]) {
  const appended: { capture: number; chunk: PackedChunk }[] = [];
  const answers: FromBody[] = [];
  const service = new BodyService(engine, async (capture, chunks) => {
    await append(capture, chunks);
    appended.push(...chunks.map((chunk) => ({ capture, chunk })));
  }, (message) => answers.push(message), sha, true, pace);
  const body = (capture: number, number: number, bytes = content): void => {
    const writer = new BodyBatchWriter((batch) => service.receive({ type: 'batch', capture, batch }));
    writer.begin(number, ENCODING_IDENTITY);
    writer.data(number, bytes);
    writer.end(number);
    writer.flush();
  };
  const files = (capture: number, number: number): void => service.receive({ type: 'chunks', capture, chunks: packRows('files', [{ ts: 1n, body: number }]) });
  return { service, appended, answers, body, files };
}

const settled = (): Promise<void> => new Promise((resolve) => { setTimeout(resolve, 5); });

function digestOf(chunk: PackedChunk | undefined): string {
  const table = new LogTable('files');
  if (chunk) table.append(chunk);
  return table.str(0, table.column('sha256'));
}

describe('BodyService', () => {
  it('completes two captures at once and says when each has arrived', async () => {
    const { service, appended, answers, body, files } = setUp();
    body(0, 1);
    body(1, 1);
    files(1, 1);
    files(0, 1);
    service.receive({ type: 'finish', capture: 1 });
    await settled();
    expect(appended.map((one) => [one.capture, digestOf(one.chunk)])).toEqual([[1, sha256], [0, sha256]]);
    expect(answers.map((answer) => [answer.type, answer.capture])).toEqual([['taken', 0], ['taken', 1], ['finished', 1]]);
  });

  it('rests in the middle of a batch while the page is used; what comes meanwhile waits its turn', async () => {
    let rests = 0;
    const { service, appended, answers, files } = setUp(undefined, null, {
      begin: () => undefined, over: () => true,
      rest: () => { rests++; return settled(); },
    });
    const writer = new BodyBatchWriter((batch) => service.receive({ type: 'batch', capture: 0, batch }));
    for (let body = 1; body <= 6; body++) {
      writer.begin(body, ENCODING_IDENTITY);
      writer.data(body, content);
      writer.end(body);
    }
    writer.flush();
    for (let body = 1; body <= 6; body++) files(0, body);
    service.receive({ type: 'finish', capture: 0 });
    expect(answers).toEqual([]);
    while (answers.at(-1)?.type !== 'finished') await settled();
    expect(rests).toBeGreaterThan(3);
    expect(answers.map(({ type }) => type)).toEqual(['taken', 'finished']);
    expect(appended.map(({ chunk }) => digestOf(chunk))).toEqual(Array.from({ length: 6 }, () => sha256));
  });

  it('waits for digests that are under way, and drops a capture whose digests come too late', async () => {
    const long = new Uint8Array(100_000).fill(7);
    const answer: (() => void)[] = [];
    const { service, appended, answers, body, files } = setUp(undefined, {
      kind: 'buffered', digest: (bytes) => new Promise((resolve) => { answer.push(() => resolve({ shas: { sha1: 'one', sha256: 'other' }, bytes })); }),
    });
    for (const capture of [0, 1]) {
      body(capture, 1, long);
      files(capture, 1);
      service.receive({ type: 'finish', capture });
    }
    service.receive({ type: 'drop', capture: 1 });
    await settled();
    expect(appended).toEqual([]);
    expect(answers.map(({ type }) => type)).toEqual(['taken', 'taken']);
    for (const one of answer) one();
    await settled();
    expect(appended.map((one) => [one.capture, digestOf(one.chunk)])).toEqual([[0, 'other']]);
    expect(answers.slice(2).map((one) => [one.type, one.capture])).toEqual([['finished', 0]]);
  });

  it('answers `finished` only after the last chunk was taken', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => { release = resolve; });
    const { service, answers, body, files } = setUp(() => gate);
    body(0, 1);
    files(0, 1);
    service.receive({ type: 'finish', capture: 0 });
    await settled();
    expect(answers.map((answer) => answer.type)).toEqual(['taken']);
    release();
    await settled();
    expect(answers.map((answer) => answer.type)).toEqual(['taken', 'finished']);
  });

  it('reports damage once and lets the rows pass uncompleted', async () => {
    const { service, appended, answers, files } = setUp();
    for (let i = 0; i < 3; i++) service.receive({ type: 'batch', capture: 0, batch: new ArrayBuffer(2) });
    files(0, 1);
    service.receive({ type: 'finish', capture: 0 });
    await settled();
    expect(answers.map((answer) => answer.type)).toEqual(['failed', 'taken', 'taken', 'taken', 'finished']);
    expect(appended.map((one) => digestOf(one.chunk))).toEqual(['']);
  });

  it('drops a capture that was stopped', async () => {
    const { service, appended, answers, body, files } = setUp();
    const writer = new BodyBatchWriter((batch) => service.receive({ type: 'batch', capture: 0, batch }));
    writer.begin(1, ENCODING_IDENTITY);
    writer.flush();
    files(0, 1);
    service.receive({ type: 'drop', capture: 0 });
    await settled();
    expect(appended).toEqual([]);
    expect(answers.map((answer) => answer.type)).toEqual(['taken']);
    body(0, 1);
    files(0, 1);
    await settled();
    expect(appended).toHaveLength(1);
  });
});
