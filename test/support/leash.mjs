// Loaded before a program that a test starts with a channel. When the test process dies, however it dies, the
// operating system closes the channel; the program then has a moment to end in its own way, and is ended if not.
const GRACE_MS = 10_000;

if (process.channel) {
  process.on('disconnect', () => setTimeout(() => process.kill(process.pid, 'SIGKILL'), GRACE_MS).unref());
  // Watching must not keep a program alive that is done.
  process.channel.unref();
}
