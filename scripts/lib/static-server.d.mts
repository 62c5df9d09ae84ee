import type { IncomingMessage, ServerResponse } from 'node:http';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Answers GET and HEAD with the files of a folder, under `prefix` (with slashes at both ends; default `/`). */
export function staticHandler(folder: string, prefix?: string): Handler;

/** Listens on the loopback addresses; port 0 = any free one. @throws the system's error, code EADDRINUSE included */
export function serveLocally(handler: Handler, port: number): Promise<{ port: number; close: () => Promise<void> }>;
