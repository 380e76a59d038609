import { resolve } from 'node:path';

import { raiseVersion, VERSIONED_FILES } from './version/raise';

try {
	const [, , version = ''] = process.argv;
	raiseVersion(resolve(__dirname, '..'), version, new Date());
	console.log(`Set the version to ${version} in ${VERSIONED_FILES.join(', ')}. To release it:`);
	console.log(`  git commit --all --message "Release ${version}"`);
	console.log(
		`  git tag v${version}   (after you push the tag, GitHub runs the tests and publishes)`,
	);
} catch (error) {
	console.error((error as Error).message);
	process.exitCode = 1;
}
