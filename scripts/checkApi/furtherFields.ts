import { isRecord } from './values';

/** What matters here of a JSON schema without references. */
export interface Schema {
	properties?: Record<string, Schema>;
	items?: Schema;
	anyOf?: Schema[];
}

/** A name of a field as an API has them; anything else may be data. */
const NAME = /^[a-z][a-z0-9_]{0,39}$/;

/**
 * Where a value has fields that its schema does not list, e.g. `/data/#/private`, each once. Objects
 * whose fields are data (`custom_attributes`) are not looked into, nor are values.
 */
export function furtherFields(schema: Schema, value: unknown, at = ''): string[] {
	if (Array.isArray(value)) {
		const { items } = schema;
		const found = items ? value.flatMap((each) => furtherFields(items, each, `${at}/#`)) : [];
		return [...new Set(found)];
	}
	if (!isRecord(value)) return [];
	const properties = schema.properties ?? schema.anyOf?.find((each) => each.properties)?.properties;
	if (!properties) return [];
	return Object.entries(value).flatMap(([name, part]) => {
		const known = properties[name];
		if (known) return furtherFields(known, part, `${at}/${name}`);
		return [`${at}/${NAME.test(name) ? name : '(another name)'}`];
	});
}
