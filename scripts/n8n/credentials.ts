import type { Session } from './session';

export interface CredentialContent {
	name: string;
	type: string;
	/** Unencrypted: n8n encrypts it. */
	data: Record<string, unknown>;
}

/** A credential without its secrets. */
export interface StoredCredential {
	id: string;
	name: string;
	type: string;
}

export async function listCredentials(session: Session): Promise<StoredCredential[]> {
	return await session.request('GET', '/credentials');
}

export async function createCredential(
	session: Session,
	credential: CredentialContent,
): Promise<StoredCredential> {
	return await session.request('POST', '/credentials', credential);
}

export async function updateCredential(
	session: Session,
	id: string,
	credential: CredentialContent,
): Promise<StoredCredential> {
	return await session.request('PATCH', `/credentials/${id}`, credential);
}

export async function deleteCredential(session: Session, id: string): Promise<void> {
	await session.request('DELETE', `/credentials/${id}`);
}
