import { createContext } from 'svelte';
import type { App } from '../state/app.svelte';

/** The page's state, given once at the root. */
export const [useApp, provideApp] = createContext<App>();
