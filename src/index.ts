import { main } from "./main";

// Red until proven green, before anything else can end the process. Because of the top-level await, a promise that
// never settles ends the process with 13 instead of 0.
// guard: exit code first
process.exitCode = 1;
// guard: exit code first (2)
await main(process);
