// Starts the double under plain Node, which runs its TypeScript as it is; only the `.js` of the imports
// has to be read as `.ts`, as the compiler does.
import { registerHooks } from 'node:module';

registerHooks({
  resolve(specifier, context, next) {
    const ours = context.parentURL?.includes('/eventstore-double/') && /^\.\/.*\.js$/.test(specifier);
    return next(ours ? specifier.replace(/\.js$/, '.ts') : specifier, context);
  },
});

const { run } = await import('./cli.ts');
await run(process.argv.slice(2)).catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 64;
});
