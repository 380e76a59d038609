import { randomUUID } from 'node:crypto';
import fastify from 'fastify';

/** A chat message in the format of OpenAI's API. */
export interface ChatMessage {
	role: 'assistant' | 'system' | 'tool' | 'user';
	content: string | null;
}

/** A response of the model: a text, or tool calls with their arguments. */
export type Turn = string | Array<{ tool: string; given: object }>;

/** Returns the response of the model to a chat. */
export type Script = (chat: ChatMessage[]) => Promise<Turn> | Turn;

export interface ScriptedModel {
	/** The credential for n8n's OpenAI nodes. */
	credential: { name: string; type: 'openAiApi'; data: Record<string, unknown> };
	/** The current script, which may be replaced at any time. */
	script: Script;
	/** The chats of all requests, oldest first. */
	chats: ChatMessage[][];
	close(): Promise<void>;
}

const MODEL = 'scripted';

/** Converts a turn to a chat message. */
function messageOf(turn: Turn) {
	if (typeof turn === 'string') return { role: 'assistant', content: turn };
	const tool_calls = turn.map(({ tool, given }, index) => ({
		index,
		id: `call_${randomUUID()}`,
		type: 'function',
		function: { name: tool, arguments: JSON.stringify(given) },
	}));
	return { role: 'assistant', content: null, tool_calls };
}

/** Starts a mock of OpenAI's chat completions API that responds as a script says. */
export async function startScriptedModel(script: Script): Promise<ScriptedModel> {
	const server = fastify();
	server.get('/v1/models', () => ({ object: 'list', data: [{ id: MODEL, object: 'model' }] }));
	server.post<{ Body: { messages: ChatMessage[] } }>('/v1/chat/completions', async (request) => {
		const { messages } = request.body;
		model.chats.push(messages);
		// n8n does not retry this status.
		const turn = await Promise.resolve(model.script(messages)).catch((cause: Error) => {
			throw Object.assign(cause, { statusCode: 400 });
		});
		const finish_reason = typeof turn === 'string' ? 'stop' : 'tool_calls';
		return {
			id: randomUUID(),
			object: 'chat.completion',
			created: Math.floor(Date.now() / 1_000),
			model: MODEL,
			choices: [{ index: 0, message: messageOf(turn), finish_reason }],
			usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
		};
	});
	const url = await server.listen({ host: '127.0.0.1', port: 0 });
	const model: ScriptedModel = {
		credential: {
			name: 'Scripted model',
			type: 'openAiApi',
			data: { apiKey: 'sk-scripted', url: `${url}/v1` },
		},
		script,
		chats: [],
		close: async () => await server.close(),
	};
	return model;
}
