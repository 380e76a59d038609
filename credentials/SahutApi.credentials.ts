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

/** Creates the rule with which the credential test shows a message for a status. */
function statusRule(value: number, message: string) {
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
	 * Adds the API key to a request of this package's nodes, of the credential test, or of n8n's HTTP Request
	 * node. Sends the key only to the origin of the base URL, and never across a redirect.
	 *
	 * @throws UserError if the request goes to another origin
	 */
	authenticate: IAuthenticate = async (credentials, request) => {
		const allowedOrigin = new URL(normalizeBaseUrl(credentials.baseUrl, credentials.apiKey)).origin;
		// The HTTP Request node passes an older request format, with `uri`.
		const { uri, url = uri } = request as typeof request & { uri?: string };
		const requestOrigin = new URL(url ?? '', request.baseURL && `${request.baseURL.trim()}/`)
			.origin;
		if (requestOrigin !== allowedOrigin) {
			throw new UserError(
				`This Sahut API key is for ${allowedOrigin}, but the request goes to ${requestOrigin}`,
				{
					description:
						'Change the URL of the request, or the Base URL in the Sahut credential. The key is sent only to the Base URL.',
				},
			);
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
			statusRule(
				401,
				'Sahut does not accept this API key. Copy it again from Settings → Integrations → API Keys. Revoked keys and keys of other workspaces do not work.',
			),
			statusRule(403, 'This API key does not have permission to read conversations.'),
			statusRule(404, 'Sahut was not found at this Base URL. Use https://api.sahut.id/v1.'),
			statusRule(429, 'The rate limit of your Sahut plan was reached. Try again in a minute.'),
		],
	};
}
