// The page on a made-up analysis: what views do is tested without an engine. `?rows=…&delay=…&speed=…&history` set the stage.
import { mount } from 'svelte';
import { App } from '../../../web/state/app.svelte';
import Page from '../../../web/ui/App.svelte';
import '../../../web/ui/styles/tokens.css';
import '../../../web/ui/styles/base.css';
import '../../../web/ui/styles/pane.css';
import { FakeAnalysis, fakePort } from '../fake-analysis';

const wish = new URLSearchParams(location.search);
const number = (name: string, otherwise: number): number => Number(wish.get(name) ?? otherwise);
const kept = {
  sha256: 'a'.repeat(64), name: 'tuesday.pcapng', size: 81_000_000, first_ts: 1_772_352_923_000_000, last_ts: 1_772_354_923_000_000, packets: 90_311, flows: 1302,
  indicators: 41, analysed_at: 1_772_454_923_000_000, kept_capture: false, kept_logs: true,
};
const analysis = new FakeAnalysis({ rows: number('rows', 88_310), delay: number('delay', 0), history: wish.has('history') ? [kept] : [] });
const app = new App(fakePort(analysis, number('speed', 0)));
Object.assign(globalThis, { capsift: { app, analysis } });
const target = document.getElementById('app');
if (!target) throw new Error('the page has no element #app');
mount(Page, { target, props: { app } });
