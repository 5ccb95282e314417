// Runs the tests of the app's logic and ends with the line that CI reads: "vitest: N passed, N failed".
import { startVitest } from 'vitest/node';

const run = await startVitest('test', process.argv.slice(2), { watch: false });
const tests = run.state.getFiles().flatMap((f) => [...(run.state.getReportedEntity(f)?.children.allTests() ?? [])]);
const states = tests.map((t) => t.result().state);
const passed = states.filter((s) => s === 'passed').length;
const broken = run.state.getFiles().filter((f) => f.result?.state === 'fail' && f.tasks.length === 0).length;
const failed = states.filter((s) => s !== 'passed').length + broken;
await run.close();
console.log(`vitest: ${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
