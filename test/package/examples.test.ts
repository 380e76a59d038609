import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { INode } from 'n8n-workflow';

import { readExample } from '../support/exampleWorkflow';
import { existsInRepository, read } from './documents';

const FOLDER = 'examples';

/** The size of a node on n8n's canvas in pixels, with its name below, which may be wider. */
const NODE = { width: 96, height: 135 };
const AGENT_WIDTH = 240;
const NAME_OVERHANG = 25;

/** A rectangle on the canvas. */
interface Area {
	name: string;
	left: number;
	right: number;
	top: number;
	bottom: number;
}

function areaOf({ name, type, position: [x, y], parameters }: INode): Area {
	if (type === 'n8n-nodes-base.stickyNote') {
		const right = x + Number(parameters['width']);
		return { name, left: x, right, top: y, bottom: y + Number(parameters['height']) };
	}
	const width = type.endsWith('.agent') ? AGENT_WIDTH : NODE.width;
	const [left, right] = [x - NAME_OVERHANG, x + width + NAME_OVERHANG];
	return { name, left, right, top: y, bottom: y + NODE.height };
}

const overlap = (a: Area, b: Area) =>
	a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

const names = readdirSync(resolve(__dirname, '../..', FOLDER)).filter((file) =>
	file.endsWith('.json'),
);

describe.each(names)('%s', (file) => {
	const { nodes, settings } = readExample(`${FOLDER}/${file}`);

	it('has nodes and notes that do not overlap', () => {
		const areas = nodes.map(areaOf);
		const pairs = areas.flatMap((area, index) =>
			areas.slice(index + 1).map((other) => [area, other] as const),
		);

		const overlapping = pairs.filter(([area, other]) => overlap(area, other));

		expect(overlapping.map((pair) => pair.map(({ name }) => name))).toEqual([]);
	});

	it('runs in the time zone of Jakarta', () => {
		expect(settings.timezone).toBe('Asia/Jakarta');
	});

	it('is described in the README, with a picture', () => {
		const picture = `pictures/${file.replace('.json', '.png')}`;
		const readme = read(`${FOLDER}/README.md`);

		expect(readme).toContain(`| [\`${file}\`](${file}) |`);
		expect(readme).toContain(`](${picture})`);
		expect(existsInRepository(`${FOLDER}/${picture}`)).toBe(true);
	});
});
