// Started by sides/wiregasm.ts: `node wiregasm-run.mjs DIST CAPTURE`. Tells as JSON what wiregasm needed and found.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [dist, capture] = process.argv.slice(2);
const quiet = () => undefined;
const library = await createRequire(import.meta.url)(join(dist, 'wiregasm.js'))({ locateFile: (file) => join(dist, file), handleStatus: quiet, print: quiet, printErr: quiet });
library.init();
library.FS.writeFile('/uploads/capture.pcap', readFileSync(capture));
const began = performance.now();
const session = new library.DissectSession('/uploads/capture.pcap');
const { code, error, summary } = session.load();
const loaded = performance.now();
const taps = new library.MapInput();
taps.set('tap0', 'conv:TCP');
const answer = session.tap(taps);
const done = performance.now();
const tables = Array.from({ length: answer.taps.size() }, (_, i) => answer.taps.get(i));
const conversations = tables.find(({ proto }) => proto === 'TCP')?.convs;
console.log(JSON.stringify({ code, error, packets: summary.packet_count, flows: conversations?.size(), load: loaded - began, tap: done - loaded }));
process.exit(0);
