import {
	UserError,
	type IAuthenticate,
	type ICredentialTestRequest,
	type ICredentialType,
	type Icon,
	type INodeProperties,
} from 'n8n-workflow';

import {
	DEFAULT_BASE_URL,
	normalizeApiKey,
	normalizeBaseUrl,
} from '../nodes/Sahut/transport/connection';

/** Returns the message of the credential test for a status. */
function forStatus(value: number, message: string) {
	return { type: 'responseCode' as const, properties: { value, message } };
}

export class SahutApi implements ICredentialType {
	name = 'sahutApi';

	displayName = 'Sahut API';

	icon: Icon = { light: 'file:../icons/sahut.svg', dark: 'file:../icons/sahut.dark.svg' };

	documentationUrl = 'https://github.com/n8n-nodes-sahut/n8n-nodes-sahut#credential';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			placeholder: 'e.g. sk_live_…',
			description:
				'Create a key in Sahut under Settings → Integrations → API Keys → Buat API Key. Sahut shows each key only once.',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: DEFAULT_BASE_URL,
			description:
				'The address of the Sahut API. Do not change it unless Sahut gave you another address.',
		},
	];

	/**
	 * Adds the key to a request of our nodes, of the credential test, or of n8n's HTTP Request node.
	 * The key goes to the base URL's own origin and nowhere else, not even behind a redirect.
	 */
	authenticate: IAuthenticate = async (credentials, request) => {
		const home = new URL(normalizeBaseUrl(credentials.baseUrl, credentials.apiKey)).origin;
		// The HTTP Request node hands over the older form of a request, with `uri`.
		const { uri, url = uri } = request as typeof request & { uri?: string };
		const target = new URL(url ?? '', request.baseURL && `${request.baseURL.trim()}/`).origin;
		if (target !== home) {
			throw new UserError(`This Sahut API key is for ${home}, but the request goes to ${target}`, {
				description:
					'Change the URL of the request, or the Base URL in the Sahut credential. The key is sent only to the Base URL.',
			});
		}
		return {
			...request,
			headers: {
				...request.headers,
				Authorization: `Bearer ${normalizeApiKey(credentials.apiKey)}`,
			},
			sendCredentialsOnCrossOriginRedirect: false,
		};
	};

	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{ $credentials.baseUrl.trim().replace(new RegExp("/+$"), "") }}',
			url: '/conversations',
			qs: { per_page: 1 },
		},
		rules: [
			forStatus(
				401,
				'Sahut does not accept this API key. Copy it again from Settings → Integrations → API Keys. Revoked keys and keys of other workspaces do not work.',
			),
			forStatus(403, 'This API key does not have permission to read conversations.'),
			forStatus(404, 'There is no Sahut API at this Base URL. Use https://api.sahut.id/v1.'),
			forStatus(429, 'The rate limit of your Sahut plan was reached. Try again in a minute.'),
		],
	};
}
