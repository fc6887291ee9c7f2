import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'coverage/', '.venv/', '**/*.mjs', '**/*.cjs'] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      eqeqeq: 'error',
      // Control characters are looked for on purpose: they must not get into names and paths.
      'no-control-regex': 'off',
    },
  },
  {
    // Tests may be as long as what they promise, and hand methods around to break them on purpose.
    files: ['**/*.spec.ts', '**/testing/**', '**/contract/**', 'test/**'],
    rules: {
      '@typescript-eslint/unbound-method': 'off',
      'max-lines': 'off',
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
    },
  },
);
