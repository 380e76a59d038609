import { randomUUID } from 'node:crypto';
import fastify from 'fastify';

/** A message of a chat, as OpenAI's API writes it. */
export interface ChatMessage {
	role: 'assistant' | 'system' | 'tool' | 'user';
	content: string | null;
}

/** What the model says, or the tools that it calls, by their names, with what it gives to each. */
export type Turn = string | Array<{ tool: string; given: object }>;

/** Decides what the model does, by the chat so far. */
export type Script = (chat: ChatMessage[]) => Promise<Turn> | Turn;

export interface ScriptedModel {
	/** The credential for n8n's OpenAI nodes. */
	credential: { name: string; type: 'openAiApi'; data: Record<string, unknown> };
	/** What it does from now on. */
	script: Script;
	/** The chats that it was asked to go on with, oldest first. */
	chats: ChatMessage[][];
	close(): Promise<void>;
}

const MODEL = 'scripted';

/** The message of an answer. */
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

/** A language model without a mind: it answers as OpenAI's chat completions API does, by a script. */
export async function startScriptedModel(script: Script): Promise<ScriptedModel> {
	const server = fastify();
	server.get('/v1/models', () => ({ object: 'list', data: [{ id: MODEL, object: 'model' }] }));
	server.post<{ Body: { messages: ChatMessage[] } }>('/v1/chat/completions', async (request) => {
		const { messages } = request.body;
		model.chats.push(messages);
		// A status that n8n does not try again.
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
