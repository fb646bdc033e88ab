// Lints an EventCatalog folder, named on the command line, with EventCatalog's own linter. Prints its exit code and words.
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const linter = join(here, "node_modules", "@eventcatalog", "linter", "dist", "cli", "index.js");
const run = spawnSync(process.execPath, [linter, process.argv[2], "--fail-on-warning"], { encoding: "utf8" });
process.stdout.write(JSON.stringify({ code: run.status, said: run.stdout + run.stderr }));
