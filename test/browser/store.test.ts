import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ENGINE_FILE } from '../support/engine';
import type * as entry from '../support/store-page/entry';
import { launchChromium } from '../support/browser/chromium';
import { bundled, servePage } from '../support/browser/modules';

/** The modules under test, in the page. */
declare const capsift: typeof entry;

let server: Awaited<ReturnType<typeof servePage>>;
let browser: Browser;
let context: BrowserContext;
let address: string;

beforeAll(async () => {
  const script = await bundled('store-page/entry.ts');
  const packed = new URL('../support/packed/', import.meta.url);
  server = await servePage('<!doctype html><title>store</title><script src="store.js"></script>', (name) => {
    if (name === 'store.js') return script;
    if (name === 'engine.wasm') return readFileSync(ENGINE_FILE);
    return /^[a-z0-9]+\.(zst|zip)$/.test(name) ? readFileSync(new URL(name, packed)) : null;
  });
  address = `http://localhost:${server.port}/`;
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});
beforeEach(async () => { context = await browser.newContext(); });
afterEach(async () => { await context.close(); });

async function tab(): Promise<Page> {
  const page = await context.newPage();
  await page.goto(address);
  await page.evaluate(() => {
    const scope = globalThis as unknown as Record<string, unknown>;
    scope.analysis = (n: number, bytes: number) => ({
      capture: {
        sha256: String(n).padStart(64, '0'), name: `${n}.pcap`, size: 10 + n, sample: '', format: 'pcap', first_ts: 1, last_ts: 2, packets: 3, flows: 1,
        analysed_at: n, engine: 'test', counters: new BigUint64Array(64), linktypes: [], state: 'done', message: '',
      },
      // Random: the browser packs what it stores.
      chunks: Array.from({ length: Math.ceil(bytes / 65536) }, () => ({ log: 0, rows: 1, buffer: crypto.getRandomValues(new Uint8Array(65536)).buffer })),
      indicators: [],
    });
  });
  return page;
}

declare const analysis: (n: number, bytes: number) => Parameters<entry.Store['keep']>[0];

describe('the store in a real browser', () => {
  it('gives everything back after a reload: rows, packets, switches', async () => {
    const page = await tab();
    const kept = await page.evaluate(async () => {
      const store = await capsift.Store.open();
      await store.setSwitch('keep_captures', true);
      const record = await store.keep(analysis(1, 300_000));
      const packets = await store.keepCapture('1'.padStart(64, '0'), new Blob(['the packets']));
      const status = await store.status();
      return { record: record.ok, packets, available: status.available, message: status.message };
    });
    expect(kept).toEqual({ record: true, packets: { ok: true, value: true }, available: true, message: '' });
    await page.close();
    const again = await tab();
    const found = await again.evaluate(async () => {
      const store = await capsift.Store.open();
      const [first] = await store.captures.history();
      const chunks = await store.captures.chunks(first?.sha256 ?? '');
      const file = await store.openKept(first?.sha256 ?? '');
      return { name: first?.name, kept: first?.kept_capture, chunks: chunks.length, bytes: await file?.text(), switches: (await store.status()).keep_captures };
    });
    expect(found).toEqual({ name: '1.pcap', kept: true, chunks: 5, bytes: 'the packets', switches: true });
  });

  it('full: says so, keeps what was there, and works again when there is room', async () => {
    const page = await tab();
    const cdp = await context.newCDPSession(page);
    await cdp.send('Storage.overrideQuotaForOrigin', { origin: new URL(address).origin, quotaSize: 3_000_000 });
    await page.evaluate(async () => {
      const store = await capsift.Store.open();
      (globalThis as unknown as Record<string, unknown>).store = store;
      await store.keep(analysis(1, 300_000));
    });
    const full = await page.evaluate(async () => {
      const { store } = globalThis as unknown as { store: entry.Store };
      const answer = await store.keep(analysis(2, 60_000_000));
      return { error: answer.ok ? '' : answer.error, message: (await store.status()).message, history: (await store.captures.history()).map((c) => c.name), rows: (await store.captures.chunks('1'.padStart(64, '0'))).length };
    });
    expect(full.error).toMatch(/^(The logs of 2\.pcap were|2\.pcap was) not kept: the browser's storage is full/);
    expect(full.message).toBe(full.error);
    expect(full.history).toContain('1.pcap');
    expect(full.rows).toBe(5);
    await cdp.send('Storage.overrideQuotaForOrigin', { origin: new URL(address).origin });
    expect(await page.evaluate(async () => {
      const { store } = globalThis as unknown as { store: entry.Store };
      return (await store.keep(analysis(3, 1_000_000))).ok;
    })).toBe(true);
  });

  it('goes into an archive whole, packets too, and comes back out of it', async () => {
    const page = await tab();
    const found = await page.evaluate(async () => {
      const store = await capsift.Store.open();
      await store.setSwitch('keep_captures', true);
      await store.keep(analysis(1, 300_000));
      const packets = crypto.getRandomValues(new Uint8Array(60_000));
      await store.keepCapture('1'.padStart(64, '0'), new Blob([packets]));
      const saved = await store.exportAll();
      if (!saved.ok) return { error: saved.error };
      const before = await store.captures.chunks('1'.padStart(64, '0'));
      await store.deleteAll();
      const empty = (await store.captures.history()).length;
      const taken = await store.importArchive(saved.value.bytes);
      const after = await store.captures.chunks('1'.padStart(64, '0'));
      const same = before.length === after.length && before.every((chunk, i) => new Uint8Array(chunk.buffer).every((byte, at) => byte === new Uint8Array(after[i]!.buffer)[at]));
      // Stored, not packed: what is in the archive can be looked for.
      const text = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
      return { empty, taken, chunks: after.length, same, packets: text(saved.value.bytes).includes(text(packets)) };
    });
    expect(found).toMatchObject({ empty: 0, taken: { ok: true, value: { captures: 1 } }, chunks: 5, same: true, packets: true });
  });

  it('another tab that holds an older database: a sentence instead of waiting for ever', async () => {
    const old = await tab();
    await old.evaluate(() => new Promise<void>((resolve) => {
      const request = indexedDB.open('capsift', 1);
      request.onupgradeneeded = () => { request.result.createObjectStore('captures', { keyPath: 'sha256' }); };
      request.onsuccess = () => { (globalThis as unknown as Record<string, unknown>).held = request.result; resolve(); };
    }));
    const page = await tab();
    const status = await page.evaluate(async () => (await capsift.Store.open({ blockedMs: 300 })).status());
    expect(status.available).toBe(false);
    expect(status.message).toContain('Close the other Capsift tabs');
  });

  it('deletes everything in one step, with a second tab open', async () => {
    const other = await tab();
    await other.evaluate(async () => { (globalThis as unknown as Record<string, unknown>).store = await capsift.Store.open(); });
    const page = await tab();
    const left = await page.evaluate(async () => {
      const store = await capsift.Store.open();
      await store.setSwitch('keep_captures', true);
      await store.keep(analysis(1, 100_000));
      await store.keepCapture('1'.padStart(64, '0'), new Blob(['x']));
      await caches.open('capsift-test');
      const answer = await store.deleteAll();
      const entries: string[] = [];
      const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('capsift-captures');
      for await (const name of (folder as unknown as { keys(): AsyncIterable<string> }).keys()) entries.push(name);
      return { ok: answer.ok, history: await store.captures.history(), entries, caches: await caches.keys() };
    });
    expect(left).toEqual({ ok: true, history: [], entries: [], caches: [] });
    const message = await other.evaluate(async () => (await (globalThis as unknown as { store: entry.Store }).store.status()).message);
    expect(message).toContain('Reload this page');
  });
});

describe('captures in a real browser', () => {
  it.each([['level3.zst', 'zstd'], ['infozip.zip', 'zip'], ['infected.zip', 'zip']])('opens %s from a Blob and reads it again', async (name, container) => {
    const page = await tab();
    const read = await page.evaluate(async (file) => {
      capsift.prepareDecoders(await WebAssembly.compile(await (await fetch('engine.wasm')).arrayBuffer()));
      const source = capsift.fromBlob(await (await fetch(file)).blob(), file);
      for await (const capture of capsift.openCaptures(source)) {
        let bytes = 0;
        for await (const chunk of capture.chunks) bytes += chunk.length;
        const again = await new capsift.CaptureReader(source, capture.locator).read(0, 4);
        return { container: capture.container, bytes, state: capture.outcome().state, magic: again.ok ? [...again.value] : again.error };
      }
      return null;
    }, name);
    expect(read).toMatchObject({ container, state: 'whole', magic: [0xd4, 0xc3, 0xb2, 0xa1] });
    expect(read?.bytes).toBeGreaterThanOrEqual(5000);
  });

  it('reads a File through one buffer to the last byte, and says when it was cut off meanwhile', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'capsift-file-'));
    const path = join(folder, 'a.bin');
    const page = await tab();
    try {
      await page.evaluate(() => { document.body.append(Object.assign(document.createElement('input'), { type: 'file' })); });
      for (const size of [0, 1, 1 << 20, (1 << 20) + 1, 5_000_001]) {
        const bytes = Buffer.alloc(size, 'capture');
        writeFileSync(path, bytes);
        await page.locator('input').setInputFiles(path);
        const read = await page.evaluate(async () => {
          const file = document.querySelector('input')?.files?.[0] ?? new File([], '');
          const all = new Uint8Array(file.size);
          let at = 0;
          const buffers = new Set<number>();
          for await (const chunk of capsift.fromBlob(file, 'a').stream()) {
            all.set(chunk, at);
            at += chunk.length;
            buffers.add(chunk.buffer.byteLength);
          }
          const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', all));
          return { at, sha: [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join(''), buffers: [...buffers] };
        });
        expect(read).toEqual({ at: size, sha: createHash('sha256').update(bytes).digest('hex'), buffers: size === 0 ? [] : [1 << 20] });
      }
      writeFileSync(path, Buffer.alloc(20 << 20));
      await page.locator('input').setInputFiles(path);
      const cut = page.evaluate(async () => {
        const file = document.querySelector('input')?.files?.[0] ?? new File([], '');
        let read = 0;
        try {
          for await (const chunk of capsift.fromBlob(file, 'a').stream()) {
            if (read === 0) await new Promise((resolve) => { setTimeout(resolve, 1000); });
            read += chunk.length;
          }
          return 'read to its end';
        } catch (error) {
          return error instanceof Error ? error.name : 'no error';
        }
      });
      await new Promise((resolve) => { setTimeout(resolve, 300); });
      truncateSync(path, 5 << 20);
      expect(await cut).toBe('NotReadableError');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
