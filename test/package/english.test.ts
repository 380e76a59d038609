import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import ts from 'typescript';

import { packPackage } from '../../scripts/n8n/packageInstall';
import { listFiles, read } from './documents';
import { temporaryFolder } from './folders';

/** Frequent Indonesian words that are not English words. Names of people and cities are allowed. */
const WORDS =
	'ada|adalah|agar|akan|anda|apa|apakah|atau|bagaimana|baru|bayar|belum|berapa|berhenti|beri|bisa|boleh|buat|bukan|cabut|cara|cari|dalam|dan|dapat|dari|dengan|gunakan|halo|hapus|harga|hari|harus|hubungi|ini|isi|itu|jam|jangan|jika|juga|kak|kakak|kalau|kami|kapan|karena|kasih|kembali|kepada|ketika|kirim|kontak|kota|lagi|lalu|lewat|lihat|maaf|mana|masih|masuk|mengirim|menit|misalnya|mohon|mungkin|nama|nilai|nomor|oleh|pada|pakai|pelanggan|perlu|periksa|percakapan|pesan|pilih|salah|sampai|saya|satu|sebagai|sebelum|seperti|setelah|setiap|silakan|sudah|supaya|tagihan|tambah|tanpa|telepon|terima|terkirim|tetap|tiap|tidak|toko|tolong|tunggu|untuk|waktu|yang';
const INDONESIAN = new RegExp(`(?<![\\w./@-])(?:${WORDS})(?![\\w/@-])`, 'gi');

/** Buttons of Sahut, whose user interface is Indonesian. */
const SAHUT_BUTTONS = /Buat API Key|\*\*Cabut\*\*/g;

/** Code, and English texts of the nodes, which documents quote. */
const CODE = /```[^]*?```|`[^`]*`|\*\*[^*]*\*\*/g;

const TEXT_TYPES = ['.js', '.json', '.md'];

/** Returns the string literals of a script, without its code and comments. */
function literalsOf(script: string): string {
	const literals: string[] = [];
	const visit = (node: ts.Node) => {
		if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node)) literals.push(node.text);
		if (ts.isTemplateMiddle(node) || ts.isTemplateTail(node)) literals.push(node.text);
		ts.forEachChild(node, visit);
	};
	visit(ts.createSourceFile('script.js', script, ts.ScriptTarget.Latest));
	return literals.join('\n');
}

/** Returns the Indonesian words of a file. */
function indonesianIn(file: string, content: string): string[] {
	const text = extname(file) === '.js' ? literalsOf(content) : content;
	return text.replace(SAHUT_BUTTONS, '').match(INDONESIAN) ?? [];
}

const workFolder = temporaryFolder();
const contents = new Map<string, string>();

beforeAll(() => {
	const [packed, folder] = ['packed', 'unpacked'].map((name) => join(workFolder, name));
	mkdirSync(packed!);
	mkdirSync(folder!);
	execFileSync('tar', ['-xzf', packPackage(packed!), '-C', folder!, '--strip-components=1']);
	for (const entry of readdirSync(folder!, { recursive: true, withFileTypes: true })) {
		if (!entry.isFile() || !TEXT_TYPES.includes(extname(entry.name))) continue;
		const file = join(entry.parentPath, entry.name);
		contents.set(relative(folder!, file), readFileSync(file, 'utf8'));
	}
});

test('no file of the package contains an Indonesian word', () => {
	const found = [...contents].map(
		([file, content]) => [file, indonesianIn(file, content)] as const,
	);

	expect(found.filter(([, words]) => words.length > 0)).toEqual([]);
});

test.each([
	['a description or placeholder of a node', 'dist/nodes/Sahut/resources/contact/contactFields.js'],
	['an error', 'dist/nodes/Sahut/transport/errorTexts.js'],
	['the credential', 'dist/credentials/SahutApi.credentials.js'],
	['the search terms of a node', 'dist/nodes/Sahut/Sahut.node.json'],
	['an output preview', 'dist/nodes/Sahut/__schema__/v1.0.0/message/send.json'],
	['README', 'README.md'],
	['the changelog', 'CHANGELOG.md'],
	['package.json', 'package.json'],
])('the word list finds an Indonesian text in %s', (_, file) => {
	const content = contents.get(file)!;

	// Replaces the first text in quotes, or the first line of a document.
	const changed = content.replace(
		extname(file) === '.md' ? /^.*$/m : /(?<=[:,] ?)(['"])\w[^'"]*\1/,
		`"Kirim pesan ke pelanggan"`,
	);

	expect(changed).not.toBe(content);
	expect(indonesianIn(file, changed)).toEqual(['Kirim', 'pesan', 'pelanggan']);
});

test('the word list finds almost every sentence of the Indonesian documents', () => {
	const sentences = listFiles('docs/id/*.md')
		.flatMap((file) =>
			read(file)
				.replace(CODE, '')
				.split(/[.|:\n]\s/),
		)
		.filter((sentence) => sentence.split(/\s+/).length >= 8);

	const missed = sentences.filter((sentence) => !sentence.match(INDONESIAN));

	expect(sentences.length).toBeGreaterThan(200);
	expect(missed.length / sentences.length).toBeLessThan(0.05);
});
