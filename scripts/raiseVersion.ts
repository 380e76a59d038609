import { resolve } from 'node:path';

import { raiseVersion, VERSIONED_FILES } from './version/raise';

try {
	const [, , version = ''] = process.argv;
	raiseVersion(resolve(__dirname, '..'), version, new Date());
	console.log(`${VERSIONED_FILES.join(', ')} name ${version} now. To release it:`);
	console.log(`  git commit --all --message "Release ${version}"`);
	console.log(`  git tag v${version}   (pushed, the tag is published after all tests)`);
} catch (error) {
	console.error((error as Error).message);
	process.exitCode = 1;
}
