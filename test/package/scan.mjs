// Prints what n8n's verification scanner finds in a source and in a package, with the patterns by
// which it analyzes a checkout and a published package itself: node scan.mjs <source> <package>
import {
	analyzePackage,
	SOURCE_FILE_PATTERNS,
} from '@n8n/scan-community-package/scanner/scanner.mjs';

const [, , source, packed] = process.argv;

process.stdout.write(
	JSON.stringify({
		source: await analyzePackage(source, SOURCE_FILE_PATTERNS),
		packed: await analyzePackage(packed, ['**/*.js', 'package.json']),
	}),
);
