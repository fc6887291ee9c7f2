// Loaded before a program that a test starts with a channel, so that a killed test run leaves nothing behind. When
// the process that runs the test dies, however it dies, the operating system closes the channel. When the run as a
// whole is killed, that process may live on for a while; so the run itself is watched, too. The program then has a
// moment to end in its own way, and is ended if it does not.
const GRACE_MS = Number(process.env.TEST_LEASH_MS ?? 10_000);
const { TEST_RUN_PID: run } = process.env;

const endSoon = () => setTimeout(() => process.kill(process.pid, 'SIGKILL'), GRACE_MS).unref();

// Watching must not keep a program alive that is done.
if (process.channel) {
  process.on('disconnect', endSoon);
  process.channel.unref();
}

const watch = setInterval(() => {
  try {
    if (run) process.kill(Number(run), 0);
  } catch {
    clearInterval(watch);
    endSoon();
    process.kill(process.pid, 'SIGTERM');
  }
}, 1000).unref();
