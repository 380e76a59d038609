import { FIXED_ENTRIES } from '../../nodes/Sahut/methods/fixedEntries';

/** A field, an option of a field, a mode of a locator or a row of a collection, as n8n describes it. */
export interface Described {
	name: string;
	displayName?: string;
	action?: string;
	description?: string;
	hint?: string;
	placeholder?: string;
	typeOptions?: {
		loadOptionsMethod?: string;
		multipleValueButtonText?: string;
		searchListMethod?: string;
	};
	modes?: Described[];
	options?: Described[];
	values?: Described[];
}

/** A part of the list, such as an operation. */
export interface Section {
	title: string;
	/** The texts of the section itself, before those of its fields. */
	texts: string[];
	fields: Described[];
}

/** The keys that make two fields the same for the reader. */
const COMPARED_KEYS = [
	...['name', 'displayName', 'action', 'description', 'hint', 'placeholder', 'typeOptions'],
	...['loadOptionsMethod', 'multipleValueButtonText', 'modes', 'options', 'values'],
];

const fixedEntries: Partial<Record<string, Described[]>> = FIXED_ENTRIES;

function listContents(entry: Described, listed: Set<string>): string[] {
	const { description, hint, placeholder, typeOptions = {}, modes, options, values } = entry;
	const { loadOptionsMethod = '', multipleValueButtonText: button } = typeOptions;
	const texts = [
		description,
		hint && `Hint: ${hint}`,
		placeholder && `Placeholder: ${placeholder}`,
		button && `Button: ${button}`,
	];
	const nested = [
		...(fixedEntries[loadOptionsMethod] ?? []),
		...[...(modes ?? []), ...(options ?? []), ...(values ?? [])],
	];
	const lines = [
		...texts.filter((text) => text !== undefined && text !== ''),
		...nested.flatMap((each) => listEntry(each, listed)),
	];
	return lines.map((line) => `  ${line}`);
}

/** Lists a field and its contents. If an equal field was listed before, lists only its name. */
function listEntry(entry: Described, listed: Set<string>): string[] {
	const { displayName, name, action } = entry;
	const label = `- ${displayName ?? name}${action === undefined ? '' : ` (action: ${action})`}`;
	const key = JSON.stringify(entry, COMPARED_KEYS);
	if (listed.has(key)) return [`${label} (as above)`];
	const contents = listContents(entry, listed);
	if (contents.length > 0) listed.add(key);
	return [label, ...contents];
}

/**
 * Lists the texts of sections in the order of the editor, as Markdown. The texts of a field that several
 * sections share appear once.
 */
export function listFieldTexts(sections: Section[]): string[] {
	const listed = new Set<string>();
	return sections.flatMap(({ title, texts, fields }) => [
		`## ${title}`,
		...texts,
		...fields.flatMap((field) => listEntry(field, listed)),
		'',
	]);
}
