/** Waits until the assertion holds; fails with its own message when it never does. */
export async function eventually(assertion: () => void | Promise<void>, patienceMs = 30_000): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
