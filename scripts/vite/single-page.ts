import type { Plugin } from 'vite';

/** Ends the single-file build: what still lies beside the page goes into it as data: URLs, and it gets its name. */
export function singlePagePlugin(name: string): Plugin {
  return {
    name: 'capsift:single-page',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const page = bundle['index.html'];
        if (page?.type !== 'asset') throw new Error('the build has no index.html');
        let html = String(page.source);
        for (const file of Object.values(bundle)) {
          if (file === page) continue;
          // Only images may be data: URLs under the single file's policy; anything else would not work.
          if (file.type !== 'asset' || !file.fileName.endsWith('.svg')) throw new Error(`${file.fileName} did not become part of the single file`);
          html = html.replaceAll(`./${file.fileName}`, `data:image/svg+xml;base64,${Buffer.from(file.source).toString('base64')}`);
          delete bundle[file.fileName];
        }
        page.source = html;
        page.fileName = name;
      },
    },
  };
}
