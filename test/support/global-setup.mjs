/** In Jest's own process, before its workers: what the tests start watches it (`leash.mjs`). */
export default function setUp() {
  process.env.TEST_RUN_PID = String(process.pid);
}
