import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The login of a user. */
export interface Login {
	email: string;
	password: string;
}

const EMAIL = 'owner@example.com';

/** Returns the login of the owner from the user folder. Generates it at the first call. */
export function ensureOwnerLogin(userFolder: string): Login {
	const file = join(userFolder, 'login.json');
	if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Login;
	// n8n requires a digit and a capital letter in a password.
	const login = { email: EMAIL, password: `Sahut1-${randomBytes(9).toString('base64url')}` };
	writeFileSync(file, JSON.stringify(login), { mode: 0o600 });
	return login;
}
