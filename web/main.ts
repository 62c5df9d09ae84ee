import { mount } from 'svelte';
import { App } from './state/app.svelte';
import Page from './ui/App.svelte';
import './ui/styles/tokens.css';
import './ui/styles/base.css';
import './ui/styles/pane.css';
import { CaseClient } from './worker/client';

const target = document.getElementById('app');
if (!target) throw new Error('the page has no element #app');

// In three tasks: to read this code, to start the workers and to draw the page at once would hold everything else up.
setTimeout(() => {
  const app = new App((onEvent) => new CaseClient(onEvent));
  setTimeout(() => { mount(Page, { target, props: { app } }); });
});
