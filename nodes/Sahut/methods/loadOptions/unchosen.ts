import type { INodePropertyOptions } from 'n8n-workflow';

/**
 * The entry of a dropdown for a field that was added and of which nothing was chosen, which counts as
 * not given. Without such an entry, the editor frames the field in red.
 */
export function unchosen(name: string): INodePropertyOptions {
	return { name, value: '' };
}
