// Runs n8n's verification scanner on the source and on the unpacked package, with the file patterns that the
// scanner itself uses for them: node scan.mjs <source> <package>
// Prints the results as JSON, and fails if the scanner has a finding.
import { resolve } from 'node:path';
import {
	analyzePackage,
	SOURCE_FILE_PATTERNS,
} from '@n8n/scan-community-package/scanner/scanner.mjs';

const [, , source, packed] = process.argv;

const results = {
	source: await analyzePackage(resolve(source), SOURCE_FILE_PATTERNS),
	packed: await analyzePackage(resolve(packed), ['**/*.js', 'package.json']),
};
process.stdout.write(`${JSON.stringify(results, null, '\t')}\n`);
process.exitCode = results.source.passed && results.packed.passed ? 0 : 1;
