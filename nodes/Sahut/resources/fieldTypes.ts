import type {
	INodeProperties,
	INodePropertyOptions,
	NodeParameterValueType,
	NodePropertyTypes,
} from 'n8n-workflow';

type Details = Partial<INodeProperties>;

/** Returns a function that creates fields of one type, with the same default value. */
function fieldOf(type: NodePropertyTypes, defaultValue: NodeParameterValueType) {
	return (displayName: string, name: string, details: Details): INodeProperties => ({
		displayName,
		name,
		type,
		default: defaultValue,
		...details,
	});
}

export const textField = fieldOf('string', '');
export const flagField = fieldOf('boolean', false);
export const numberField = fieldOf('number', 0);
export const timeField = fieldOf('dateTime', '');
export const choiceField = fieldOf('options', '');
export const choicesField = fieldOf('multiOptions', []);

/** Returns a text field for several values. @param entry the noun on the button that adds a value */
export function textsField(displayName: string, name: string, entry: string, details: Details) {
	const typeOptions = { multipleValues: true, multipleValueButtonText: `Add ${entry}` };
	return textField(displayName, name, { typeOptions, ...details });
}

/** Returns a field for rows of texts, e.g. a name and a value. @param entry describes a row */
export function rowsField(
	displayName: string,
	name: string,
	entry: { displayName: string; name: string; values: INodeProperties[] },
	details: Details,
): INodeProperties {
	return {
		displayName,
		name,
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		default: {},
		placeholder: `Add ${entry.displayName}`,
		options: [entry],
		...details,
	};
}

/** Returns the options of a field. @param labels stored value → label, or label and description */
export function optionsOf(
	labels: Record<string, string | [name: string, description: string]>,
): INodePropertyOptions[] {
	return Object.entries(labels).map(([value, label]) => {
		if (typeof label === 'string') return { name: label, value };
		const [name, description] = label;
		return { name, value, description };
	});
}

/** Restricts a field: the editor shows it only if other fields have one of the given values. */
export function showIf(show: Record<string, string[]>, field: INodeProperties): INodeProperties {
	return { ...field, displayOptions: { show } };
}
