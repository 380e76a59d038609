// Prints what n8n's verification scanner finds in a folder: node scan.mjs <folder> source|tarball
import {
	analyzePackage,
	SOURCE_FILE_PATTERNS,
} from '@n8n/scan-community-package/scanner/scanner.mjs';

const [folder, content] = process.argv.slice(2);
// The patterns with which the scanner itself analyzes a checkout and a published package.
const patterns = { source: SOURCE_FILE_PATTERNS, tarball: ['**/*.js', 'package.json'] };

process.stdout.write(JSON.stringify(await analyzePackage(folder, patterns[content])));
