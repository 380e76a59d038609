import ts from 'typescript';

type Literal = ts.StringLiteralLike | ts.TemplateExpression;

function isLiteral(node: ts.Node): node is Literal {
	return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
}

/** Returns the text of a literal, with `…` for each placeholder. */
function textOf(literal: Literal): string {
	if (ts.isStringLiteralLike(literal)) return literal.text;
	const spans = literal.templateSpans.map((span) => span.literal.text);
	return [literal.head.text, ...spans].join('…');
}

/** The least number of words of a text: names of fields and values have fewer. */
const MIN_WORDS = 3;

/** An n8n expression, or the key of a request. */
const NO_TEXT = /^(=?\{\{|(GET|POST|PUT|PATCH|DELETE) )/;

function isText(text: string): boolean {
	return text.trim().split(/\s+/).length >= MIN_WORDS && !NO_TEXT.test(text);
}

/** Returns whether the literal is an argument of an error, e.g. of `new UserError(…)`. */
function isErrorArgument({ parent }: Literal): boolean {
	return ts.isNewExpression(parent) && parent.expression.getText().endsWith('Error');
}

/**
 * Returns the texts of errors, and their advice and log lines, in a TypeScript file.
 *
 * @param code the contents of the file
 * @returns the texts in the order of the file, with `…` for each placeholder, and their lines from 1
 */
export function collectErrorTexts(code: string): Array<{ text: string; line: number }> {
	const file = ts.createSourceFile('file.ts', code, ts.ScriptTarget.Latest, true);
	const found: Array<{ text: string; line: number }> = [];
	const visit = (node: ts.Node): void => {
		if (ts.isImportDeclaration(node) || ts.isTypeNode(node)) return;
		if (isLiteral(node)) {
			const text = textOf(node);
			const { line } = file.getLineAndCharacterOfPosition(node.getStart());
			if (isText(text) || isErrorArgument(node)) found.push({ text, line: line + 1 });
		}
		ts.forEachChild(node, visit);
	};
	visit(file);
	return found;
}
