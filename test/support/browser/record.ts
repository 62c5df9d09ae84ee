import type { BrowserContext, Page } from 'playwright-core';

export interface Recording {
  /** Address of every request of the context: pages, workers and the service worker. */
  readonly requests: string[];
  readonly sockets: string[];
  /** Errors on the console, uncaught exceptions, violations of the Content-Security-Policy. */
  readonly complaints: string[];
}

/** Notes everything that a context asks for and complains about. To be called before its first page is opened. */
export function record(context: BrowserContext): Recording {
  const recording: Recording = { requests: [], sockets: [], complaints: [] };
  context.on('request', (request) => recording.requests.push(request.url()));
  context.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') recording.complaints.push(`console: ${message.text()}`);
  });
  context.on('weberror', (error) => recording.complaints.push(`uncaught: ${error.error().message}`));
  context.on('page', (page: Page) => {
    page.on('websocket', (socket) => recording.sockets.push(socket.url()));
  });
  return recording;
}

/** Those of the addresses that are not the page's own: neither under its address nor made by itself. */
export function foreign(addresses: readonly string[], own: string): string[] {
  return addresses.filter((address) => !address.startsWith(own) && !address.startsWith('blob:') && !address.startsWith('data:'));
}
