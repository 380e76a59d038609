// Prints the findings of n8n's verification scanner in a source and in a package, with the file patterns
// that the scanner itself uses for them: node scan.mjs <source> <package>
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
