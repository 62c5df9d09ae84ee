// Rules that hold something: safety, privacy, the direction of imports, mistakes that types don't see. None of style.
import svelte from 'eslint-plugin-svelte';
import ts from 'typescript-eslint';
import { direction } from './scripts/lint/direction.mjs';

const capsift = { rules: { direction } };

const WORKERS = {
  selector: "NewExpression[callee.name=/^(Shared)?Worker$/], NewExpression[callee.property.name=/^(Shared)?Worker$/]",
  message: 'Workers are made by spawn() of web/worker/spawn.ts only: one that is loaded by address escapes the Content-Security-Policy.',
};

const UNSAFE = [
  {
    selector: "MemberExpression[property.name=/^(innerHTML|outerHTML|srcdoc)$/], CallExpression[callee.property.name=/^(insertAdjacentHTML|setHTMLUnsafe|parseHTMLUnsafe|createContextualFragment)$/]",
    message: 'Nothing is ever rendered as HTML: what stands in a capture was written by an attacker. Use textContent.',
  },
  { selector: "CallExpression[callee.object.name='document'][callee.property.name=/^write(ln)?$/]", message: 'Nothing is ever rendered as HTML.' },
  {
    selector: "Identifier[name=/^(webkit)?RTCPeerConnection$/], MemberExpression[property.name=/^(webkit)?RTCPeerConnection$/]",
    message: 'The Content-Security-Policy does not stop WebRTC, so it must not be used.',
  },
  { selector: "Identifier[name='WebTransport']", message: 'Nothing leaves the page.' },
];

const SVELTE = [
  {
    selector: "SvelteAttribute[key.name='style'][value.length=1] > SvelteLiteral",
    message: "Firefox drops a static style attribute under our Content-Security-Policy. Use a class, style:name or style={…}.",
  },
];

const syntax = (...extra) => ['error', ...UNSAFE, ...extra];

export default ts.config(
  { ignores: ['dist/', 'build/', '.cache/', 'node_modules/', 'test-results/', 'fixtures/captures/', 'fixtures/expected/'] },
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  {
    plugins: { capsift },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'capsift/direction': 'error',
      'no-restricted-syntax': syntax(WORKERS),
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
      'no-unreachable': 'error',
      'no-unused-labels': 'error',
      'no-fallthrough': 'error',
      'no-self-assign': 'error',
      'no-self-compare': 'error',
      'no-dupe-else-if': 'error',
      'no-duplicate-case': 'error',
      'no-unsafe-finally': 'error',
      'no-unsafe-optional-chaining': 'error',
      'no-sparse-arrays': 'error',
      'no-empty': 'error',
      'no-control-regex': 'error',
      'no-debugger': 'error',
      'use-isnan': 'error',
      'valid-typeof': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none', ignoreRestSiblings: true }],
      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': 'allow-with-description', minimumDescriptionLength: 10 }],
    },
  },
  {
    // Promises that nobody waits for lose their errors; only types can tell them.
    files: ['web/**/*.ts', 'cli/**/*.ts'],
    ignores: ['**/*.svelte.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  { files: ['test/**'], linterOptions: { reportUnusedDisableDirectives: 'off' }, rules: { 'no-control-regex': 'off', '@typescript-eslint/no-unused-expressions': 'off' } },
  { files: ['web/worker/spawn.ts'], rules: { 'no-restricted-syntax': syntax() } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'] } },
    rules: {
      'no-restricted-syntax': syntax(WORKERS, ...SVELTE),
      'svelte/no-at-html-tags': 'error',
      // SvelteKit's.
      'svelte/no-navigation-without-resolve': 'off',
      'svelte/no-useless-mustaches': 'off',
      // It does not know what svelte-check warns of, which decides.
      'svelte/no-unused-svelte-ignore': 'off',
      // Maps and sets that no view watches are right as they are.
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
  {
    // AssemblyScript: TypeScript's grammar with meanings of its own. Decorators stand on functions there.
    files: ['assembly/**/*.ts'],
    languageOptions: { parserOptions: { allowInvalidAST: true } },
    rules: {
      '@typescript-eslint/ban-ts-comment': 'off',
      // Dissectors stand in one table, so all take what one of them needs.
      '@typescript-eslint/no-unused-vars': ['error', { args: 'none' }],
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-wrapper-object-types': 'off',
      'no-restricted-syntax': ['error', { selector: 'ForOfStatement, TryStatement, Literal[regex]', message: 'AssemblyScript does not have it, or only at run time.' }],
      'prefer-const': 'off',
      // === is identity there, and == what one means.
      eqeqeq: 'off',
      'no-loss-of-precision': 'off',
    },
  },
  {
    files: ['scripts/**/*.mjs', '*.js', 'fixtures/**/*.mjs', 'bench/**/*.mjs'],
    languageOptions: { globals: Object.fromEntries(['process', 'console', 'URL', 'Buffer', 'fetch', 'setTimeout', 'clearTimeout', 'TextEncoder', 'TextDecoder', 'performance'].map((name) => [name, 'readonly'])) },
    rules: { 'no-undef': 'error' },
  },
);
