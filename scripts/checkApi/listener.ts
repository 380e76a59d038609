import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { buffer } from 'node:stream/consumers';

import { SIGNATURE_HEADER } from '../../nodes/Sahut/trigger/signature';

/** A delivery as it came. */
export interface Delivery {
	body: Buffer;
	signature: unknown;
}

export interface Listener {
	port: number;
	/** The first delivery for which it holds; after the time, any that came. */
	await(
		isWanted: (delivery: Delivery) => boolean,
		ms: number,
		signal?: AbortSignal,
	): Promise<Delivery | undefined>;
	close(): Promise<void>;
}

/** Seen from this machine only: what is public leads here. */
const HOST = '127.0.0.1';

const LOOK_EVERY_MS = 100;

/** Takes all that is posted to a port. */
export async function listen(port: number): Promise<Listener> {
	const deliveries: Delivery[] = [];
	const server = createServer((request, response) => {
		void buffer(request).then(
			(body) => {
				if (request.method === 'POST') {
					deliveries.push({ body, signature: request.headers[SIGNATURE_HEADER] });
				}
				response.writeHead(200).end();
			},
			() => response.destroy(),
		);
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, HOST, resolve);
	});
	return {
		port: (server.address() as AddressInfo).port,
		async await(isWanted, ms, signal) {
			for (const end = Date.now() + ms; ; await wait(LOOK_EVERY_MS)) {
				signal?.throwIfAborted();
				const found = deliveries.find(isWanted);
				if (found || Date.now() >= end) return found ?? deliveries[0];
			}
		},
		async close() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
