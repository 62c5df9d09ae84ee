import { createHash } from 'node:crypto';
import type { Plugin } from 'vite';

/** The hosted page: its own files and nothing else. Workers inherit it because they come from blobs, see web/worker/spawn.ts. */
export const HOSTED_POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
  + "connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'none'";

const MARK = '<!-- content-security-policy -->';

const meta = (policy: string): string => `<meta http-equiv="Content-Security-Policy" content="${policy}">`;

/** Sources for the page's inline elements: hashes of exactly what stands between the tags. */
function hashes(html: string, element: 'script' | 'style'): string {
  // A script may speak of <style>; an element does not begin there.
  const text = element === 'style' ? html.replace(/<script\b[^>]*>[\s\S]*?<\/script>/g, '') : html;
  const found = [...text.matchAll(new RegExp(`<${element}\\b[^>]*>([\\s\\S]*?)</${element}>`, 'g'))];
  // Browsers turn CR into LF before they hash.
  if (found.some((match) => match[1]?.includes('\r'))) throw new Error(`an inline ${element} holds a carriage return, so its hash would not hold`);
  return found.map((match) => `'sha256-${createHash('sha256').update(match[1] ?? '').digest('base64')}'`).join(' ') || "'none'";
}

/** Puts the policy where the page has its mark; a page without the mark must not be built. */
function withPolicy(html: string, policy: string): string {
  if (html.split(MARK).length !== 2) throw new Error(`web/index.html must hold ${MARK} exactly once, first in its head`);
  return html.replace(MARK, meta(policy));
}

/** Writes the Content-Security-Policy into the built page. The development server goes without: it needs inline scripts. */
export function policyPlugin(single: boolean): Plugin {
  return {
    name: 'capsift:policy',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        for (const file of Object.values(bundle)) {
          if (file.type !== 'asset' || !file.fileName.endsWith('.html')) continue;
          const html = String(file.source);
          // The hashes hold for the page as it is now: this plugin must be the last to touch it.
          const policy = single
            ? `default-src 'none'; script-src ${hashes(html, 'script')} 'wasm-unsafe-eval'; style-src ${hashes(html, 'style')}; `
              + "img-src data: blob:; worker-src blob:; base-uri 'none'; form-action 'none'"
            : HOSTED_POLICY;
          file.source = withPolicy(html, policy);
        }
      },
    },
  };
}
