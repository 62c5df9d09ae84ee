import { dirname, join, posix, relative, sep } from 'node:path';
import { ROOT } from '../lib/paths.mjs';
import { whyNot } from './layers.mjs';

/** ESLint rule: relative imports respect the table of scripts/lint/layers.mjs. */
export const direction = {
  meta: { type: 'problem', schema: [], messages: { wrong: '{{reason}}' } },
  create(context) {
    const from = relative(ROOT, context.filename).split(sep).join('/');
    const check = (source, typeOnly) => {
      if (typeof source?.value !== 'string' || !source.value.startsWith('.')) return;
      const to = posix.normalize(relative(ROOT, join(dirname(context.filename), source.value)).split(sep).join('/'));
      const reason = whyNot(from, to, typeOnly);
      if (reason) context.report({ node: source, messageId: 'wrong', data: { reason } });
    };
    const typed = (node) => node.importKind === 'type' || node.exportKind === 'type'
      || (node.specifiers?.length > 0 && node.specifiers.every((s) => s.importKind === 'type' || s.exportKind === 'type'));
    return {
      ImportDeclaration: (node) => check(node.source, typed(node)),
      ExportNamedDeclaration: (node) => check(node.source, typed(node)),
      ExportAllDeclaration: (node) => check(node.source, typed(node)),
      ImportExpression: (node) => check(node.source, false),
      TSImportType: (node) => check(node.source ?? node.argument?.literal, true),
    };
  },
};
