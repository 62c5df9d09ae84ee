import { Linter } from 'eslint';
import { describe, expect, it } from 'vitest';
import config from '../../../eslint.config.js';
import { whyNot } from '../../../scripts/lint/layers.mjs';

describe('the direction of imports', () => {
  it('lets imports point down', () => {
    expect(whyNot('web/ui/App.svelte', 'web/state/app.svelte.ts', false)).toBeNull();
    expect(whyNot('web/worker/session.ts', 'web/engine/engine.ts', false)).toBeNull();
    expect(whyNot('web/engine/schema.ts', 'assembly/abi/logs', false)).toBeNull();
    expect(whyNot('assembly/wire/ipv4.ts', 'assembly/abi/logs', false)).toBeNull();
  });

  it('refuses imports that point up, sideways, or into the engine', () => {
    expect(whyNot('web/engine/engine.ts', 'web/logs/table', false)).toContain('imports point down');
    expect(whyNot('web/state/app.svelte.ts', 'web/ui/App.svelte', true)).toContain('imports point down');
    expect(whyNot('web/indicators/score.ts', 'web/bundle/stix', false)).toContain('imports point down');
    expect(whyNot('web/engine/engine.ts', 'assembly/wire/ipv4', false)).toContain('only assembly/abi');
    expect(whyNot('assembly/abi/logs.ts', 'web/engine/schema', true)).toContain('imports nothing');
    expect(whyNot('web/worker/session.ts', 'test/support/x', false)).toContain('no part of the product');
    expect(whyNot('cli/capsift.ts', 'web/ui/App.svelte', false)).toContain('no page');
  });

  it('allows a neighbour’s types, which vanish when compiled', () => {
    expect(whyNot('web/indicators/score.ts', 'web/bundle/stix', true)).toBeNull();
  });

  it('wants a place for every new folder', () => {
    expect(whyNot('web/novelty/a.ts', 'web/logs/table', false)).toContain('give it one');
  });
});

describe('what lint forbids', () => {
  const messages = (code: string, filename: string): string[] =>
    new Linter({ configType: 'flat', cwd: process.cwd() }).verify(code, config as Linter.Config[], { filename }).map((m) => m.ruleId ?? m.message);

  // These files are not on disk, so the rules that need types are left out: a .js file has none.
  const page = 'test/support/some-file.ts';

  it('takes honest code', () => {
    expect(messages('export const f = (): number => 1;\n', page)).toEqual([]);
  });

  it.each([
    ['no-restricted-syntax', 'a worker that is not made by spawn()', 'new Worker("x.js");', page],
    ['no-restricted-syntax', 'a shared worker', 'new SharedWorker("x.js");', page],
    ['no-restricted-syntax', 'WebRTC', 'new RTCPeerConnection();', page],
    ['no-restricted-syntax', 'WebRTC by way of globalThis', 'new globalThis.RTCPeerConnection();', page],
    ['no-restricted-syntax', 'HTML from text', 'document.body.innerHTML = name;', page],
    ['no-restricted-syntax', 'HTML from text, another way', 'document.body.insertAdjacentHTML("beforeend", name);', page],
    ['svelte/no-at-html-tags', 'HTML in a component', '<script lang="ts">let { x } = $props();</script>{@html x}', 'web/ui/Some.svelte'],
    ['no-restricted-syntax', 'a style that Firefox drops', '<p style="color: red">x</p>', 'web/ui/Some.svelte'],
    ['no-eval', 'code from text', 'eval("1");', page],
    ['no-new-func', 'code from text, another way', 'new Function("1")();', page],
    ['@typescript-eslint/no-explicit-any', 'any', 'export const x = (y: any): void => { void y; };', page],
    ['capsift/direction', 'an import that points up', 'import "../../web/ui/App.svelte";', 'assembly/wire/some.ts'],
  ])('forbids by %s: %s', (rule, _what, code, filename) => {
    expect(messages(code, filename)).toContain(rule);
  });
});
